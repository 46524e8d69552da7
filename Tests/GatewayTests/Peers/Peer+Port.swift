import Glibc

// Ports of the loopback.
extension Peer {
  /// A loopback port that nobody has at the moment.
  static func freePort() -> UInt16 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    return bound(handle)
  }

  /// Binds a socket to a free loopback port; 0 where there is none.
  static func bound(_ handle: Int32) -> UInt16 {
    // `sockaddr_in`, octet by octet: family, port, address, zeros. NIO's C modules declare it too, and the
    // compiler can't tell whose it is.
    var octets: [UInt8] = [UInt8(AF_INET), 0, 0, 0, 127, 0, 0, 1] + Array(repeating: 0, count: 8)
    var length = socklen_t(octets.count)
    let isBound = octets.withUnsafeMutableBytes { raw in
      guard let address = raw.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
        return false
      }
      return bind(handle, address, length) == 0 && getsockname(handle, address, &length) == 0
    }
    return isBound ? UInt16(octets[2]) << 8 | UInt16(octets[3]) : 0
  }
}
