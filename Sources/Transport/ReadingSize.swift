import NIOCore

/// How many octets a connection reads at once: few while commands come, many while content does. Its handler
/// says which, its channel asks; both run on the connection's event loop.
final class ReadingSize {
  /// The first read is of one command, and its buffer stays with the connection.
  private static let first = 128
  private static let command = 512
  /// A pipelined group of commands soon gets as much.
  private static let mostOfCommands = 4096
  /// Most messages come in one read.
  private static let content = 16_384
  private static let mostOfContent = 65_536
  /// By how much a read that filled its buffer lets the next one grow.
  private static let growth = 4

  private var size = ReadingSize.command
  private var most = ReadingSize.mostOfCommands
  private var isFirst = true

  var octets: Int { isFirst ? Self.first : size }

  func expectCommands() { (size, most) = (Self.command, Self.mostOfCommands) }

  func expectContent() {
    // From piece to piece it stays as it has grown.
    guard most != Self.mostOfContent else { return }
    (size, most) = (Self.content, Self.mostOfContent)
  }

  fileprivate func note(_ count: Int) {
    if count >= octets { size = min(size * Self.growth, most) }
    isFirst = false
  }
}

/// Makes a connection's buffers for reading.
///
/// NIO keeps as many of them as a channel may read at once (one, for `SMTPListener`) and lets them grow. The
/// first read here is of commands, so the buffer that stays is small; no hint of a size and a promise of
/// growth make NIO take a new one for each read after it, which is gone when its octets are used. Else each
/// connection that ever brought a long message would hold 64 KiB until it closes.
struct ReadingAllocator: RecvByteBufferAllocator {
  let size: NIOLoopBound<ReadingSize>

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    allocator.buffer(capacity: size.value.octets)
  }

  mutating func record(actualReadBytes: Int) -> Bool {
    size.value.note(actualReadBytes)
    return true
  }
}
