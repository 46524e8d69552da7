import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS

/// A client's side of TLS without a socket: octets of the wire in, octets for the wire out. It believes
/// every certificate.
final class ClientTLS {
  private final class Watch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var isReady = false

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case TLSUserEvent.handshakeCompleted = event { isReady = true }
      context.fireUserInboundEventTriggered(event)
    }
  }

  private let channel = EmbeddedChannel()
  private let watch = Watch()

  /// Begins the handshake; its first octets are pending.
  init() throws {
    var rules = TLSConfiguration.makeClientConfiguration()
    rules.certificateVerification = .none
    let context = try NIOSSLContext(configuration: rules)
    try channel.pipeline.syncOperations.addHandlers([
      NIOSSLClientHandler(context: context, serverHostname: nil), watch,
    ])
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
  }

  var isReady: Bool { watch.isReady }

  func sealed(_ bytes: [UInt8]) -> [UInt8] {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    return pending()
  }

  /// What wants to go to the server.
  func pending() -> [UInt8] {
    var bytes: [UInt8] = []
    while let next = try? channel.readOutbound(as: ByteBuffer.self) {
      bytes += next.readableBytesView
    }
    return bytes
  }

  /// What the server said; nil when this is no TLS.
  func opened(_ wire: some Sequence<UInt8>) -> [UInt8]? {
    guard (try? channel.writeInbound(ByteBuffer(bytes: wire))) != nil else { return nil }
    var bytes: [UInt8] = []
    while let next = try? channel.readInbound(as: ByteBuffer.self) {
      bytes += next.readableBytesView
    }
    return bytes
  }
}
