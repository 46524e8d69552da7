package import Inspection
import Mail
package import SMTP

/// Attachments taken out of a message, each with a note in its place that says what it was and who has it.
package struct Stripping: Hashable, Sendable {
  /// A part with its header, and the part that stands there from now on.
  package struct Replacement: Hashable, Sendable {
    package let range: Range<Int>
    package let octets: [UInt8]
  }

  /// In their order, none within another.
  package let replacements: [Replacement]

  /// What can be taken out of a message; what speaks against the rest of it stays.
  private static let kinds: Set<FindingKind> = [.malware, .attachment, .unread]

  /// Nil where what was found is not all in parts that can be taken out: it is the message's own body, or
  /// nobody can say where it stands. `id` is that of the message as it came, which is held.
  package init?(_ octets: [UInt8], _ findings: [Finding], hostname: String, id: TraceID) {
    let bad = findings.filter { $0.weight > 0 && Self.kinds.contains($0.kind) }
    let message = Message(octets)
    var taken: [Range<Int>: (part: Part, finding: Finding)] = [:]
    for finding in bad {
      guard let place = finding.place, let part = Self.part(of: message, around: place) else {
        return nil
      }
      if let known = taken[part.range], known.finding.weight >= finding.weight { continue }
      taken[part.range] = (part, finding)
    }
    let ranges = taken.keys.sorted {
      ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound)
    }
    var replacements: [Replacement] = []
    for range in ranges {
      // A part of a part that goes anyway.
      if let last = replacements.last, range.lowerBound < last.range.upperBound { continue }
      guard let (part, finding) = taken[range] else { continue }
      let name = part.readings.first.flatMap { message.names(of: $0).first } ?? ""
      let note = AttachmentNote(name: name, sentence: finding.sentence, hostname: hostname, id: id)
      replacements.append(Replacement(range: range, octets: note.part))
    }
    guard !replacements.isEmpty else { return nil }
    self.replacements = replacements
  }

  /// The smallest part around a place that stands in a multipart; the message itself is none.
  private static func part(of message: Message, around place: Range<Int>) -> Part? {
    var best: Part?
    for part in message.parts.dropFirst() where part.run == 0 && part.depth > 0 {
      guard part.range.lowerBound <= place.lowerBound, place.upperBound <= part.range.upperBound,
        part.range.count < best?.range.count ?? .max,
        part.readings.contains(where: isWhole)
      else { continue }
      best = part
    }
    return best
  }

  /// Something that is opened by itself; a multipart's parts are taken out one by one.
  private static func isWhole(_ reading: Reading) -> Bool {
    if case .multipart = reading.content { false } else { true }
  }
}

/// What recipients read in the place of an attachment.
package struct AttachmentNote: Hashable, Sendable {
  package let name: String
  package let sentence: Sentence
  package let hostname: String
  package let id: TraceID

  private var text: String {
    let shown = Finding.printable(name, limit: Finding.evidenceLimit)
    return """
      添付ファイル「\(shown)」は、メールゲートウェイ \(hostname) が取り除きました。
      理由: \(sentence.ja)
      必要な場合は、番号 \(id) を管理者にお知らせください。元のメールは保管されています。

      The attachment "\(shown)" was taken out by the mail gateway \(hostname).
      Reason: \(sentence.en)
      If you need it, tell your administrator the number \(id). The mail as it came is kept.

      """
  }

  /// A part with its header, without the line end that belongs to the delimiter behind it.
  var part: [UInt8] {
    var writer = HeaderWriter()
    writer.field("Content-Type", "text/plain; charset=utf-8")
    writer.field("Content-Disposition", "inline")
    writer.field("Content-Transfer-Encoding", "base64")
    writer.end()
    var lines = Array(text.utf8)
    lines = lines.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    let encoded = Array(Base64.encode(lines).utf8)
    var part = writer.bytes
    for start in stride(from: 0, to: encoded.count, by: Self.lineLength) {
      if start > 0 { part += [0x0D, 0x0A] }
      part += encoded[start..<min(start + Self.lineLength, encoded.count)]
    }
    return part
  }

  /// RFC 2045 §6.8.
  private static let lineLength = 76
}
