import Glibc
package import Mail

/// Where clamd listens.
package enum ClamAddress: Hashable, Sendable {
  /// A Unix socket's path.
  case local(String)
  case network(IPAddress, port: UInt16)

  /// `/run/clamav/clamd.ctl`, `127.0.0.1:3310` or `[::1]:3310`; no names, which would have to be
  /// looked up.
  package init?(_ text: String) {
    if text.hasPrefix("/") {
      // `sun_path` holds 108 octets with its NUL.
      guard text.utf8.count < 108, !text.utf8.contains(0) else { return nil }
      self = .local(text)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
      port > 0
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let address = IPAddress(host) else { return nil }
    self = .network(address, port: port)
  }

  var family: Int32 {
    switch self {
    case .local: AF_UNIX
    case .network(.v4, _): AF_INET
    case .network(.v6, _): AF_INET6
    }
  }

  /// Calls `body` with the address as the system wants it.
  func withSocketAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    switch self {
    case .local(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      return Self.pass(&address, body)
    case .network(.v4(let number), let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = number.bigEndian
      return Self.pass(&address, body)
    case .network(let ip, let port):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: ip.octets) }
      return Self.pass(&address, body)
    }
  }

  private static func pass<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
