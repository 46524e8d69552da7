import Mail

extension HelloName: CustomStringConvertible {
  /// As the client said it.
  package var description: String {
    switch self {
    case .host(let host): host.description
    case .other(let text): text
    }
  }
}
