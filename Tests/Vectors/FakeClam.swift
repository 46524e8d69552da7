import Foundation
import Glibc

/// A clamd that says what a test wants: one Unix socket, a thread a connection.
package final class FakeClam: Sendable {
  /// What is answered to the commands of one connection, in their order; nil answers nothing. `{n}` is the
  /// command's number.
  package typealias Script = @Sendable (_ connection: Int) -> [String?]
  /// What is answered to a command, with the octets that came with it; nil answers nothing.
  package typealias Responder = @Sendable (_ command: String, _ octets: [UInt8]) -> String?

  /// What one connection says: nil ends it.
  private typealias Turn = (_ number: Int, _ command: String, _ octets: [UInt8]) -> String??

  package let path: String
  private let listener: Int32

  package convenience init(_ script: @escaping Script) throws {
    try self.init(turns: { (connection: Int) -> Turn in
      let answers = script(connection)
      return { number, _, _ in number < answers.count ? .some(answers[number]) : nil }
    })
  }

  /// Whoever asks, and however often, hears what fits the question.
  package convenience init(answering responder: @escaping Responder) throws {
    try self.init(turns: { (_: Int) -> Turn in
      { _, command, octets in .some(responder(command, octets)) }
    })
  }

  private init(turns: @escaping @Sendable (Int) -> Turn) throws {
    path = FileManager.default.temporaryDirectory.path + "/clam-\(UUID().uuidString.prefix(8))"
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let text = path
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0, listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    Thread.detachNewThread {
      var count = 0
      while true {
        let client = accept(listener, nil, nil)
        // Closed here and not in `stop`: its number may be another listener's at once, and that one's clients ours.
        guard client >= 0 else {
          close(listener)
          return
        }
        let connection = count
        count += 1
        Thread.detachNewThread { Self.serve(client, turns(connection)) }
      }
    }
  }

  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    unlink(path)
  }

  private static func serve(_ client: Int32, _ turn: Turn) {
    defer { close(client) }
    guard text(client) == "zIDSESSION" else { return }
    for number in 0... {
      guard let command = text(client) else { return }
      var octets: [UInt8] = []
      if command == "zINSTREAM" {
        guard let sent = stream(client) else { return }
        octets = sent
      }
      guard let wanted = turn(number, command, octets) else { return }
      guard let answer = wanted else {
        // Until the other side gives up.
        _ = text(client)
        return
      }
      let said = Array(answer.replacing("{n}", with: "\(number + 1)").utf8)
      _ = send(client, said, said.count, Int32(MSG_NOSIGNAL))
    }
  }

  private static func byte(_ client: Int32) -> UInt8? {
    var byte: UInt8 = 0
    return recv(client, &byte, 1, 0) == 1 ? byte : nil
  }

  private static func text(_ client: Int32) -> String? {
    var octets: [UInt8] = []
    while let next = byte(client) {
      if next == 0 { return String(decoding: octets, as: UTF8.self) }
      octets.append(next)
    }
    return nil
  }

  private static func stream(_ client: Int32) -> [UInt8]? {
    var octets: [UInt8] = []
    while true {
      var length = 0
      for _ in 0..<4 {
        guard let next = byte(client) else { return nil }
        length = length << 8 | Int(next)
      }
      if length == 0 { return octets }
      for _ in 0..<length {
        guard let next = byte(client) else { return nil }
        octets.append(next)
      }
    }
  }
}
