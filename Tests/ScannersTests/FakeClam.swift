import Foundation
import Glibc

/// A clamd that says what a test wants: one Unix socket, a thread a connection.
final class FakeClam: Sendable {
  /// What is answered to the commands of one connection, in their order; nil answers nothing. `{n}` is the
  /// command's number.
  typealias Script = @Sendable (_ connection: Int) -> [String?]

  let path: String
  private let listener: Int32

  init(_ script: @escaping Script) throws {
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
        guard client >= 0 else { return }
        let answers = script(count)
        count += 1
        Thread.detachNewThread { Self.serve(client, answers) }
      }
    }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    unlink(path)
  }

  private static func serve(_ client: Int32, _ answers: [String?]) {
    defer { close(client) }
    guard text(client) == "zIDSESSION" else { return }
    for (number, answer) in answers.enumerated() {
      guard let command = text(client) else { return }
      if command == "zINSTREAM", !stream(client) { return }
      guard let answer else {
        // Until the other side gives up.
        _ = text(client)
        return
      }
      let octets = Array(answer.replacing("{n}", with: "\(number + 1)").utf8)
      _ = send(client, octets, octets.count, Int32(MSG_NOSIGNAL))
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

  private static func stream(_ client: Int32) -> Bool {
    while true {
      var length = 0
      for _ in 0..<4 {
        guard let next = byte(client) else { return false }
        length = length << 8 | Int(next)
      }
      if length == 0 { return true }
      for _ in 0..<length where byte(client) == nil { return false }
    }
  }
}
