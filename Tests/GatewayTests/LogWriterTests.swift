import Foundation
import Mail
import Testing

@testable import Gateway

@Suite struct LogWriterTests {
  private func writer(_ pipe: Pipe) -> LogWriter {
    LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor) { Array("lost \($0)\n".utf8) }
  }

  private func heard(_ pipe: Pipe) throws -> [Substring] {
    try pipe.fileHandleForWriting.close()
    let octets = try #require(try pipe.fileHandleForReading.readToEnd())
    return String(decoding: octets, as: UTF8.self).split(separator: "\n")
  }

  @Test func `lines come whole and in order`() async throws {
    let pipe = Pipe()
    let log = writer(pipe)
    for number in 0..<2000 { log.write(Array("line \(number)\n".utf8)) }
    await log.close()
    #expect(try heard(pipe).map(String.init) == (0..<2000).map { "line \($0)" })
  }

  @Test func `a reader that stands still costs no more than memory has room for, and hears of it`()
    async throws
  {
    let pipe = Pipe()
    let log = writer(pipe)
    let line = Array(String(repeating: "x", count: 1023).utf8) + [0x0A]
    let count = 2 * LogWriter.waitingLimit / line.count
    for _ in 0..<count { log.write(line) }
    async let end: Void = log.close()
    let reading = pipe.fileHandleForReading
    var (octets, hasHeard) = (Data(), false)
    while !hasHeard {
      let piece = reading.availableData
      hasHeard = piece.contains(UInt8(ascii: "t"))
      octets += piece
    }
    await end
    try pipe.fileHandleForWriting.close()
    octets += try reading.readToEnd() ?? Data()
    let lines = String(decoding: octets, as: UTF8.self).split(separator: "\n")
    let kept = lines.count { $0.hasPrefix("x") }
    let lost = try #require(lines.last { $0.hasPrefix("lost ") }?.dropFirst(5))
    #expect(lines.allSatisfy { $0.hasPrefix("lost ") || $0.count == 1023 })
    #expect(kept + (Int(lost) ?? 0) == count)
  }

  @Test func `a reader that takes nothing does not put the end off for ever`() async throws {
    let pipe = Pipe()
    let log = writer(pipe)
    for _ in 0..<100 { log.write(Array(repeating: 0x78, count: 4096)) }
    await log.close()
    #expect(try heard(pipe).joined().count < 100 * 4096)
  }

  /// More lines than a pipe holds, and nobody reads them.
  @Test(.enabled(if: RunningProgram.isBuilt))
  func `mail is taken while nobody reads the log, and the gate ends when it is told to`() throws {
    let program = try RunningProgram()
    let client = try WireClient(port: program.port)
    #expect(client.hear().hasPrefix("220"))
    client.say("EHLO client.example\r\n")
    #expect(client.hear().hasPrefix("250"))
    let label = String(repeating: "d", count: 60)
    let sender = "a@\(label).\(label).\(label).example"
    for _ in 0..<Self.messages {
      client.say("MAIL FROM:<\(sender)>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n")
      for code in ["250", "250", "354"] { #expect(client.hear().hasPrefix(code)) }
      client.say("Subject: kept\r\n\r\ntext\r\n.\r\n")
      try #require(client.hear().hasPrefix("250"))
    }
    #expect(program.end() == 0)
    let octets = try program.unheard()
    #expect(octets > 50_000, "the pipe, of 64 KiB, was full: \(octets)")
    try program.remove()
  }

  private static let messages = 300
}
