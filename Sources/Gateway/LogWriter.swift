import Glibc
import Synchronization
import Threads

/// Writes the log's lines on a thread of its own: who reads them may be slow or stand still, mail may not. What
/// does not fit into memory meanwhile is counted, and the count written when there is room again.
final class LogWriter: Sendable {
  private struct Waiting {
    var octets: [UInt8] = []
    var lost = 0
    var isWriting = false
    var isClosed = false
  }

  /// Octets that wait; about 20,000 lines.
  static let waitingLimit = 4 << 20
  /// What a pipe takes in one piece once it is ready (PIPE_BUF, pipe(7)).
  private static let pieceLimit = 4096
  /// Milliseconds between looks at a reader that takes nothing.
  private static let patience: Int32 = 100
  /// Looks at such a reader before the end is no longer put off.
  private static let lastLooks = 10

  private let descriptor: Int32
  private let lostLine: @Sendable (_ count: Int) -> [UInt8]
  private let waiting = Mutex(Waiting())
  private let thread = WorkThread("log")

  /// `lostLine` is the line that says how many lines were lost.
  init(descriptor: Int32, lostLine: @escaping @Sendable (_ count: Int) -> [UInt8]) {
    self.descriptor = descriptor
    self.lostLine = lostLine
  }

  /// Takes one line; returns at once.
  func write(_ line: [UInt8]) {
    let isFirst = waiting.withLock { waiting in
      guard !waiting.isClosed else { return false }
      if waiting.octets.count + line.count > Self.waitingLimit {
        waiting.lost += 1
      } else {
        waiting.octets += line
      }
      defer { waiting.isWriting = true }
      return !waiting.isWriting
    }
    if isFirst { thread.perform { self.drain() } }
  }

  /// Writes what waits; of a reader that takes nothing that is given up after a second.
  func close() async {
    await withCheckedContinuation { continuation in
      waiting.withLock { $0.isClosed = true }
      thread.perform { continuation.resume() }
    }
    thread.close()
  }

  private func drain() {
    while let octets = take() {
      var rest = octets[...]
      while !rest.isEmpty, isReady() { rest = put(rest) }
    }
  }

  private func take() -> [UInt8]? {
    waiting.withLock { waiting in
      guard !waiting.octets.isEmpty else {
        waiting.isWriting = false
        return nil
      }
      var octets: [UInt8] = []
      swap(&octets, &waiting.octets)
      if waiting.lost > 0 { octets += lostLine(waiting.lost) }
      waiting.lost = 0
      return octets
    }
  }

  /// Waits until the reader takes something; false where the end can no longer wait for it.
  private func isReady() -> Bool {
    var looks = 0
    while true {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&ready, 1, Self.patience) > 0 { return true }
      if waiting.withLock({ $0.isClosed }) { looks += 1 }
      if looks >= Self.lastLooks { return false }
    }
  }

  /// One write, of whole lines where they fit; what can't be written is let go.
  private func put(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var piece = octets.prefix(Self.pieceLimit)
    if piece.count < octets.count, let end = piece.lastIndex(of: UInt8(ascii: "\n")) {
      piece = piece[...end]
    }
    let count = piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR || errno == EAGAIN { return octets }
    return octets.dropFirst(count < 0 ? piece.count : count)
  }
}
