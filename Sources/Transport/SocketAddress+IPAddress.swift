package import Mail
package import NIOCore

extension IPAddress {
  /// The socket address for this address and port.
  package func socketAddress(port: UInt16) throws -> SocketAddress {
    try SocketAddress(packedIPAddress: ByteBuffer(bytes: octets), port: Int(port))
  }
}

extension SocketAddress {
  /// The IP address, nil for a Unix socket.
  package var address: IPAddress? { ipAddress.flatMap { IPAddress($0) } }
}
