import Foundation
import Testing

/// Every file in `Conversations` is a session, played against a whole gate:
///
///     @ internal          which listener (mx when unsaid)
///     S: 250 text         the next reply has this code and, somewhere, this text
///     S: closed           the connection ends
///     C: EHLO me          said, with CRLF
///     C> A\r\nB\0         said as it is; \r \n \0 \xHH \\ stand for octets, *N repeats the line N times
@Suite struct ConversationTests {
  static let files: [URL] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Conversations")
    let all = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
  }()

  @Test func `there are conversations to play`() { #expect(Self.files.count >= 40) }

  @Test func `every conversation goes as its file says`() async throws {
    let gate = try await TestGate()
    for file in Self.files {
      for fault in try Self.play(file, gate) {
        Issue.record("\(file.lastPathComponent): \(fault)")
      }
    }
    await gate.close()
  }

  private static func play(_ file: URL, _ gate: TestGate) throws -> [String] {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    var listener = "mx"
    var client: WireClient?
    for (number, line) in lines.enumerated() {
      let rest = line.dropFirst(3)
      if line.hasPrefix("@ ") {
        listener = String(line.dropFirst(2))
        continue
      }
      if line.hasPrefix("#") { continue }
      if client == nil { client = try WireClient(port: gate.port(listener)) }
      if line.hasPrefix("C: ") { client?.say(rest + "\r\n") }
      if line.hasPrefix("C> ") { client?.say(bytes(rest)) }
      guard line.hasPrefix("S: ") else { continue }
      let reply = client?.hear() ?? "closed"
      let code = rest.prefix { $0 != " " }
      let text = rest.dropFirst(code.count).drop { $0 == " " }
      guard reply.hasPrefix(code), text.isEmpty || reply.contains(text) else {
        return ["line \(number + 1): expected \(rest), heard \(reply)"]
      }
    }
    return []
  }

  /// `C: ` lines as they stand, `C> ` lines with their escapes and repetition.
  private static func bytes(_ text: Substring) -> [UInt8] {
    var body = text
    var count = 1
    if let star = text.lastIndex(of: "*"), let number = Int(text[text.index(after: star)...]) {
      body = text[..<star]
      count = number
    }
    var result: [UInt8] = []
    var scalars = Array(body.utf8)[...]
    while let byte = scalars.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = scalars.popFirst() else {
        result.append(byte)
        continue
      }
      switch next {
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "0"): result.append(0)
      case UInt8(ascii: "x"):
        let hex = String(decoding: scalars.prefix(2), as: UTF8.self)
        scalars = scalars.dropFirst(2)
        result.append(UInt8(hex, radix: 16) ?? 0)
      default: result.append(next)
      }
    }
    return Array(repeatElement(result, count: count).joined())
  }
}
