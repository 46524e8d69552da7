import Glibc

/// A blocking SMTP client for conversations: says octets, hears whole replies.
final class WireClient {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var tls: ClientTLS?

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // Only a gate that hangs reaches it, however loaded the machine is.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Fault.notConnected }
  }

  enum Fault: Error {
    case notConnected
    case saidMoreInClear
  }

  deinit { close(descriptor) }

  func say(_ bytes: [UInt8]) { transmit(tls?.sealed(bytes) ?? bytes) }

  private func transmit(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let sent = bytes.withUnsafeBytes { raw in
        send(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      done += sent
    }
  }

  func say(_ text: String) { say(Array(text.utf8)) }

  /// Says no more; the server reads the end.
  func endSaying() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// TLS's record type of an alert (RFC 8446 §5.1).
  private static let alert: UInt8 = 21

  /// The handshake behind STARTTLS's 220; false where the server does not come to it.
  func startTLS() throws -> Bool {
    if let first = buffer.first {
      // An alert may come unasked: the server has read as TLS what was none.
      guard first == Self.alert else { throw Fault.saidMoreInClear }
      return false
    }
    let tls = try ClientTLS()
    self.tls = tls
    transmit(tls.pending())
    while !tls.isReady, receive() {}
    return tls.isReady
  }

  /// The next reply, all its lines joined by LF; `closed` at the end of the connection.
  func hear() -> String {
    var lines: [String] = []
    while let line = nextLine() {
      lines.append(line)
      if line.utf8.count < 4 || Array(line.utf8)[3] != 0x2D { return lines.joined(separator: "\n") }
    }
    return lines.isEmpty ? "closed" : lines.joined(separator: "\n")
  }

  /// The next octets as they are; fewer at the end of the connection.
  func hearOctets(_ count: Int) -> [UInt8] {
    while buffer.count < count, receive() {}
    defer { buffer.removeFirst(min(count, buffer.count)) }
    return Array(buffer.prefix(count))
  }

  private func receive() -> Bool {
    var piece = [UInt8](repeating: 0, count: 4096)
    let got = recv(descriptor, &piece, piece.count, 0)
    guard got > 0 else { return false }
    guard let tls else {
      buffer += piece[..<got]
      return true
    }
    guard let plain = tls.opened(piece[..<got]) else { return false }
    buffer += plain
    transmit(tls.pending())
    return true
  }

  private func nextLine() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      guard receive() else { return nil }
    }
  }
}
