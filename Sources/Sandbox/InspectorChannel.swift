import CJail
import Glibc
import Mail

/// One end of an inspector's socket: frames, with a file beside one.
/// The frames are length u32, then so many octets.
struct InspectorChannel {
  let socket: CInt

  /// A frame and the file that came with it.
  struct Received {
    let octets: [UInt8]
    /// -1 without.
    let file: CInt
  }

  /// Why no frame came.
  enum Failure: Error {
    case closed, late, garbled
  }

  /// 0, or the system's error.
  func send(_ octets: FrameWriter, file: CInt = -1) -> CInt {
    let frame = octets.frame
    return frame.withUnsafeBytes { jail_send(socket, $0.baseAddress, $0.count, file) }
  }

  /// Waits for a frame, until `deadline` where one is given.
  func receive(until deadline: ContinuousClock.Instant? = nil) throws(Failure) -> Received {
    var file: CInt = -1
    do throws(Failure) {
      let head = try octets(4, deadline, &file)
      let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= FrameReader.frameLimit else { throw .garbled }
      return Received(octets: try octets(length, deadline, &file), file: file)
    } catch {
      if file >= 0 { close(file) }
      throw error
    }
  }

  private func octets(
    _ count: Int, _ deadline: ContinuousClock.Instant?, _ file: inout CInt
  ) throws(Failure) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      if let deadline, !waits(until: deadline) { throw .late }
      var given: CInt = -1
      let received = octets.withUnsafeMutableBytes {
        jail_receive(socket, $0.baseAddress.map { $0 + filled }, count - filled, &given)
      }
      if given >= 0 {
        if file >= 0 { close(file) }
        file = given
      }
      guard received > 0 else { throw .closed }
      filled += received
    }
    return octets
  }

  /// Whether something can be read before the deadline.
  private func waits(until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return false }
      let milliseconds =
        left.components.seconds * 1000
        + left.components.attoseconds / 1_000_000_000_000_000
      var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wanted, 1, CInt(min(milliseconds + 1, 60_000)))
      if ready > 0 { return true }
      if ready < 0, errno != EINTR { return false }
    }
  }
}
