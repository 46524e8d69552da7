import Glibc
import NIOCore
import NIOPosix

/// What the system says when it has no descriptor or no memory for one more connection.
let shortages = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

/// Lets a listening socket rest a moment when there is no descriptor or no memory for one more
/// connection: asking again at once would only burn the processor.
///
/// Reading is switched off as a whole. Withholding `read`, as NIO's `AcceptBackoffHandler` does, is not
/// enough: after an accept that failed at once the old read is still pending, and the loop comes round.
private final class AcceptRest: ChannelInboundHandler {
  typealias InboundIn = any Channel

  /// Connections wait in the kernel's backlog meanwhile.
  private static let time = TimeAmount.milliseconds(200)

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError, shortages.contains(error.errnoCode) else { return }
    let channel = context.channel
    try? channel.syncOptions?.setOption(.autoRead, value: false)
    context.eventLoop.scheduleTask(in: Self.time) {
      try? channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}

extension ServerBootstrap {
  /// Accepting rests while descriptors are short.
  func restsWhenShort() -> ServerBootstrap {
    serverChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(AcceptRest())
      }
    }
  }
}
