import Glibc
package import Mail
package import SMTP

/// `getaddrinfo`: /etc/hosts and the system's resolver.
package struct SystemAddressLookup: AddressLookup {
  package init() {}

  package func addresses(of name: String) throws(ClientFailure) -> [IPAddress] {
    if let address = IPAddress(name) { return [address] }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &list) == 0 else {
      if Self.isShort { throw .ours("no file is left to look \(name) up with") }
      return []
    }
    defer { freeaddrinfo(list) }
    var addresses: [IPAddress] = []
    var next = list
    while let entry = next {
      if let address = Self.address(entry.pointee.ai_addr) { addresses.append(address) }
      next = entry.pointee.ai_next
    }
    return addresses
  }

  /// Whether we can't open a file at all: what getaddrinfo then says differs from system to system.
  private static var isShort: Bool {
    let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard file < 0 else {
      close(file)
      return false
    }
    return errno == EMFILE || errno == ENFILE
  }

  private static func address(_ pointer: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
    guard let pointer else { return nil }
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET:
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { inner in
        withUnsafeBytes(of: inner.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
      }
    case AF_INET6:
      return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { inner in
        withUnsafeBytes(of: inner.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
      }
    default: return nil
    }
  }
}
