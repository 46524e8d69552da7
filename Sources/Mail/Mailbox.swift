/// What stands right of the `@`: a domain name or an address literal (RFC 5321 §4.1.2, §4.1.3).
package enum Host: Hashable, Sendable {
  case domain(Domain)
  case literal(IPAddress)
}

extension Host: CustomStringConvertible {
  package var description: String {
    switch self {
    case .domain(let domain): domain.ascii
    case .literal(.v4(let address)): "[\(IPAddress.v4(address))]"
    case .literal(let address): "[IPv6:\(address)]"
    }
  }
}

/// A mailbox: local part and host (RFC 5321 §4.1.2, RFC 6531 §3.3).
package struct Mailbox: Hashable, Sendable {
  /// The local part as meant: unquoted, case kept. May hold any character, `@` and spaces included.
  package let localPart: String
  package let host: Host

  package init(localPart: String, host: Host) {
    self.localPart = localPart
    self.host = host
  }

  /// The domain, nil for an address literal.
  package var domain: Domain? {
    if case .domain(let domain) = host { domain } else { nil }
  }
}
