package import Inspection
package import Mail

/// An inspector's answer on the wire:
///
///     milliseconds f64, count u16, then each finding:
///     rule text, kind u8, weight f64, evidence text,
///     place u8 (0: none; 1: start u64, end u64), path u8 (0: none; 1: text), ja text, en text
///
/// The gate believes nothing of it but its form: numbers are finite, places lie in the message, texts are
/// bounded and printable, and score and verdict are counted anew.
package enum ReportFrame {
  /// What one finding may weigh either way.
  package static let weightLimit = 100.0
  static let ruleLimit = 64
  static let sentenceLimit = 1000
  /// Dots and the like of `Finding.printable` may stand behind its limits.
  private static let slack = 4

  package static func octets(_ findings: [Finding], milliseconds: Double) -> [UInt8] {
    writer(findings, milliseconds: milliseconds).octets
  }

  static func writer(_ findings: [Finding], milliseconds: Double) -> FrameWriter {
    var writer = FrameWriter()
    writer.put(milliseconds)
    let kept = findings.prefix(InspectionReport.findingLimit)
    writer.put(UInt16(kept.count))
    for finding in kept { put(finding, &writer) }
    return writer
  }

  private static func put(_ finding: Finding, _ writer: inout FrameWriter) {
    writer.put(finding.rule, limit: ruleLimit)
    writer.put(UInt8(FindingKind.allCases.firstIndex(of: finding.kind) ?? 0))
    writer.put(finding.weight)
    writer.put(finding.evidence, limit: Finding.evidenceLimit + slack)
    writer.put(UInt8(finding.place == nil ? 0 : 1))
    if let place = finding.place {
      writer.put(UInt64(place.lowerBound))
      writer.put(UInt64(place.upperBound))
    }
    writer.put(UInt8(finding.path == nil ? 0 : 1))
    if let path = finding.path { writer.put(path, limit: Finding.pathLimit + slack) }
    writer.put(finding.sentence.ja, limit: sentenceLimit)
    writer.put(finding.sentence.en, limit: sentenceLimit)
  }

  /// Reads the answer about a message of `size` octets.
  package static func parse(
    _ octets: ArraySlice<UInt8>, size: Int
  ) throws(SyntaxError) -> InspectionReport {
    var reader = FrameReader(octets)
    let milliseconds = try reader.double()
    let count = Int(try reader.number(UInt16.self))
    guard count <= InspectionReport.findingLimit else { throw reader.wrong("fewer findings") }
    var findings: [Finding] = []
    for _ in 0..<count { findings.append(try finding(&reader, size)) }
    try reader.end()
    return InspectionReport(findings, milliseconds: min(max(0, milliseconds), 1e9))
  }

  private static func finding(
    _ reader: inout FrameReader, _ size: Int
  ) throws(SyntaxError) -> Finding {
    let rule = try reader.text(limit: ruleLimit)
    guard isRule(rule) else { throw reader.wrong("a rule's name") }
    let kinds = FindingKind.allCases
    let kind = Int(try reader.number(UInt8.self))
    guard kind < kinds.count else { throw reader.wrong("a kind") }
    let weight = try reader.double()
    guard abs(weight) <= weightLimit else { throw reader.wrong("a weight") }
    let evidence = try reader.text(limit: Finding.evidenceLimit + slack)
    let place = try place(&reader, size)
    let path = try reader.isGiven() ? reader.text(limit: Finding.pathLimit + slack) : nil
    let sentence = Sentence(
      ja: Finding.printable(try reader.text(limit: sentenceLimit), limit: sentenceLimit),
      en: Finding.printable(try reader.text(limit: sentenceLimit), limit: sentenceLimit))
    return Finding(
      rule, kinds[kind], weight: weight, evidence: evidence, place: place, path: path, sentence)
  }

  private static func place(
    _ reader: inout FrameReader, _ size: Int
  ) throws(SyntaxError) -> Range<Int>? {
    guard try reader.isGiven() else { return nil }
    let start = try reader.number(UInt64.self)
    let end = try reader.number(UInt64.self)
    guard start <= end, end <= UInt64(size) else { throw reader.wrong("a place in the message") }
    return Int(start)..<Int(end)
  }

  /// `group.word`: lower-case ASCII, digits, dots and hyphens.
  private static func isRule(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D
          || $0 == 0x5F
      }
  }
}
