import Glibc

/// One session with clamd: `zIDSESSION`, then commands one after the other, each with its number.
///
///     zIDSESSION NUL
///     zINSTREAM NUL *( length(4, network order) octets ) 0(4)     → "1: stream: OK" NUL
///     zVERSION NUL                                                → "2: ClamAV …" NUL
///
/// It blocks its thread in `poll` and never beyond the deadline. After any fault it is closed and of no
/// more use: what a late answer belongs to could not be told.
final class ClamConnection {
  /// Octets of one chunk. clamd takes any; this much needs no large buffer there.
  static let chunkSize = 64 << 10

  private let file: Int32
  private var commands = 0
  private var buffer: [UInt8] = []
  private(set) var isUsable = true
  /// When it was last of use; clamd closes idle sessions (IdleTimeout, 30 s).
  private(set) var lastUse = ContinuousClock.now

  /// Why there is no answer.
  enum Fault: Error, Hashable {
    case unreachable(String)
    case timeout
    /// The other side closed, or never said anything.
    case closed
    case garbage
  }

  init(_ address: ClamAddress, by deadline: ContinuousClock.Instant) throws(Fault) {
    file = socket(
      address.family,
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { throw .unreachable(Self.words(errno)) }
    let result = address.withSocketAddress { connect(file, $0, $1) }
    if result != 0 {
      guard errno == EINPROGRESS else { throw .unreachable(Self.words(errno)) }
      try wait(for: POLLOUT, by: deadline)
      var (error, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
      getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &length)
      guard error == 0 else { throw .unreachable(Self.words(error)) }
    }
    try send(Array("zIDSESSION\0".utf8), by: deadline)
  }

  deinit { if file >= 0 { close(file) } }

  private static func words(_ error: Int32) -> String { String(cString: strerror(error)) }

  // MARK: Commands

  func version(by deadline: ContinuousClock.Instant) throws(Fault) -> ClamReply {
    try ask(by: deadline) { () throws(Fault) in
      try send(Array("zVERSION\0".utf8), by: deadline)
    }
  }

  func scan(_ octets: [UInt8], by deadline: ContinuousClock.Instant) throws(Fault) -> ClamReply {
    try ask(by: deadline) { () throws(Fault) in
      do throws(Fault) {
        try stream(octets, by: deadline)
      } catch {
        // It answers before the end when the stream is too long, and then closes.
        guard error == .closed else { throw error }
      }
    }
  }

  private func stream(_ octets: [UInt8], by deadline: ContinuousClock.Instant) throws(Fault) {
    try send(Array("zINSTREAM\0".utf8), by: deadline)
    var start = 0
    while start < octets.count {
      let end = min(start + Self.chunkSize, octets.count)
      try send(Self.length(end - start) + octets[start..<end], by: deadline)
      start = end
    }
    try send(Self.length(0), by: deadline)
  }

  /// Four octets in network order.
  private static func length(_ count: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
  }

  private func ask(
    by deadline: ContinuousClock.Instant, _ command: () throws(Fault) -> Void
  ) throws(Fault) -> ClamReply {
    commands += 1
    do throws(Fault) {
      try command()
      let reply = try reply(by: deadline)
      lastUse = .now
      // A session in which something went wrong may be at its end, or be about to be.
      switch reply {
      case .tooLarge, .error: isUsable = false
      default: break
      }
      return reply
    } catch {
      isUsable = false
      throw error
    }
  }

  /// Up to its NUL; nothing may follow, since nothing else was asked.
  private func reply(by deadline: ContinuousClock.Instant) throws(Fault) -> ClamReply {
    var piece = [UInt8](repeating: 0, count: 1024)
    while true {
      if let end = buffer.firstIndex(of: 0) {
        let reply = ClamReply(buffer[..<end], id: commands)
        let isAlone = end == buffer.count - 1
        buffer.removeAll()
        guard let reply, isAlone else { throw .garbage }
        return reply
      }
      guard buffer.count <= ClamReply.sizeLimit else { throw .garbage }
      try wait(for: POLLIN, by: deadline)
      let count = recv(file, &piece, piece.count, 0)
      if count > 0 {
        buffer += piece[..<count]
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        throw .closed
      }
    }
  }

  // MARK: The socket

  private func send(_ octets: [UInt8], by deadline: ContinuousClock.Instant) throws(Fault) {
    var sent = 0
    while sent < octets.count {
      let count = octets.withUnsafeBytes {
        Glibc.send(
          file, $0.baseAddress.map { $0 + sent }, octets.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: POLLOUT, by: deadline)
      } else if errno != EINTR {
        throw .closed
      }
    }
  }

  private func wait(for event: Int32, by deadline: ContinuousClock.Instant) throws(Fault) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timeout }
      let milliseconds =
        left.components.seconds * 1000
        + left.components.attoseconds / 1_000_000_000_000_000 + 1
      var entry = pollfd(fd: file, events: Int16(event), revents: 0)
      let count = poll(&entry, 1, Int32(min(milliseconds, 60_000)))
      if count > 0 { return }
      if count < 0, errno != EINTR { throw .closed }
    }
  }
}
