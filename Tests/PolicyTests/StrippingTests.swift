import Inspection
import Mail
import Policy
import SMTP
import Testing

@Suite struct StrippingTests {
  private static let message = Array(
    """
    From: a@b.example\r
    Content-Type: multipart/mixed; boundary=x\r
    \r
    --x\r
    Content-Type: text/plain\r
    \r
    see the attachment\r
    --x\r
    Content-Type: application/octet-stream; name="請求書.exe"\r
    Content-Transfer-Encoding: base64\r
    \r
    TVqQAAMAAAAEAAAA\r
    --x--\r

    """.utf8)

  private let id = TraceID(milliseconds: 1, random: 2)

  private func finding(at text: String) -> Finding {
    let octets = Array(text.utf8)
    let start = Self.message.indices.first { Self.message[$0...].starts(with: octets) } ?? 0
    return Finding(
      "attachment.executable", .attachment, weight: 12, place: start..<start + octets.count,
      Sentence(ja: "実行ファイルです。", en: "It is a program."))
  }

  private func stripped(_ stripping: Stripping) -> [UInt8] {
    var octets = Self.message
    for replacement in stripping.replacements.reversed() {
      octets.replaceSubrange(replacement.range, with: replacement.octets)
    }
    return octets
  }

  @Test func `the attachment goes, the text stays, a note says what and why in both languages`()
    throws
  {
    let bad = finding(at: "TVqQAAMAAAAEAAAA")
    let stripping = try #require(
      Stripping(Self.message, [bad, bad], hostname: "gate.example", id: id))
    let octets = stripped(stripping)
    #expect(!String(decoding: octets, as: UTF8.self).contains("TVqQ"))
    let message = Message(octets)
    #expect(message.parts.count == 3)
    let texts = message.parts.dropFirst().compactMap { part in
      part.readings.first.map { message.text(of: $0).text }
    }
    #expect(texts[0].hasPrefix("see the attachment"))
    #expect(texts[1].contains("請求書.exe") && texts[1].contains("It is a program."))
    #expect(texts[1].contains("実行ファイルです。") && texts[1].contains("\(id)"))
  }

  @Test func `what is found in the message's own header, or nowhere, can't be taken out`() {
    #expect(
      Stripping(Self.message, [finding(at: "From: a@b")], hostname: "g.example", id: id) == nil)
    var nowhere = finding(at: "TVqQAAMAAAAEAAAA")
    nowhere.place = nil
    #expect(Stripping(Self.message, [nowhere], hostname: "g.example", id: id) == nil)
    #expect(Stripping(Self.message, [], hostname: "g.example", id: id) == nil)
  }
}
