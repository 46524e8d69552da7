import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Answers one-line requests on a Unix socket: how the command line talks to the running gate.
///
/// One request line, one answer line, any number of them a connection. Who may connect is decided by
/// the permissions of the socket's own folder (0700).
package final class ControlListener: Sendable {
  /// Takes a request line without its LF and answers, once, from any thread.
  package typealias Responder =
    @Sendable (_ request: [UInt8], _ answer: @escaping @Sendable ([UInt8]) -> Void) -> Void

  private let channel: any Channel

  private init(channel: any Channel) { self.channel = channel }

  /// Binds the socket file; one left by a gate that died is replaced.
  package static func bind(
    path: String, on loops: EventLoops, responder: @escaping Responder
  ) async throws(ControlBindFailure) -> ControlListener {
    let bootstrap = ServerBootstrap(group: loops.group)
      .restsWhenShort()
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ControlHandler(responder: responder))
        }
      }
    // The folder keeps others out before the socket is there. A umask would be the whole process's, and
    // other files are made meanwhile.
    let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST, chmod(folder, 0o700) == 0 else {
      throw ControlBindFailure(
        description: "can't make the folder \(folder): \(String(cString: strerror(errno)))")
    }
    do {
      let channel = try await bootstrap.bind(
        unixDomainSocketPath: path, cleanupExistingSocketFile: true
      ).get()
      return ControlListener(channel: channel)
    } catch {
      throw ControlBindFailure(description: "can't make the control socket \(path): \(error)")
    }
  }

  package func close() async { try? await channel.close() }
}

/// Why the control socket could not be made.
package struct ControlBindFailure: Error, Sendable, CustomStringConvertible {
  package let description: String
}

private final class ControlHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Octets of a request line; the longest is a list of a few hundred ids.
  private static let requestLimit = 65_536
  private let responder: ControlListener.Responder
  private var input = ByteBuffer()

  init(responder: @escaping ControlListener.Responder) { self.responder = responder }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var piece = unwrapInboundIn(data)
    input.writeBuffer(&piece)
    while let end = input.readableBytesView.firstIndex(of: 0x0A) {
      let length = end - input.readerIndex
      guard let line = input.readBytes(length: length) else { break }
      input.moveReaderIndex(forwardBy: 1)
      let channel = context.channel
      responder(line) { answer in
        var buffer = ByteBuffer(bytes: answer)
        buffer.writeInteger(UInt8(0x0A))
        channel.writeAndFlush(buffer, promise: nil)
      }
    }
    if input.readableBytes > Self.requestLimit { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
