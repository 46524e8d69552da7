package import Inspection
package import Mail

/// An inspector's answer on the wire:
///
///     milliseconds f64, count u16, then each finding:
///     rule text, kind u8, weight f64, evidence text,
///     place u8 (0: none; 1: start u64, end u64), path u8 (0: none; 1: text),
///     action u8 (0: none; from 1 on as `RuleAction` lists them), ja text, en text;
///     files u16, each: path text, suffix text, place as above, kinds u8, each text;
///     more files u8 (0 or 1); passwords u16, each text
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

  package static func octets(_ observations: Observations, milliseconds: Double) -> [UInt8] {
    writer(observations, milliseconds: milliseconds).octets
  }

  static func writer(_ observations: Observations, milliseconds: Double) -> FrameWriter {
    var writer = FrameWriter()
    writer.put(milliseconds)
    let kept = observations.findings.prefix(InspectionReport.findingLimit)
    writer.put(UInt16(kept.count))
    for finding in kept { put(finding, &writer) }
    let files = observations.files.prefix(AttachedFile.countLimit)
    writer.put(UInt16(files.count))
    for file in files { put(file, &writer) }
    writer.put(UInt8(observations.hasMoreFiles ? 1 : 0))
    let passwords = observations.passwords.prefix(PasswordCandidates.limit)
    writer.put(UInt16(passwords.count))
    for password in passwords { writer.put(password, limit: PasswordCandidates.lengthLimit) }
    return writer
  }

  private static func put(_ file: AttachedFile, _ writer: inout FrameWriter) {
    writer.put(file.path, limit: Finding.pathLimit + slack)
    writer.put(file.suffix, limit: AttachedFile.suffixLimit)
    put(file.place, &writer)
    let kinds = file.kinds.prefix(AttachedFile.kindLimit)
    writer.put(UInt8(kinds.count))
    for kind in kinds { writer.put(kind, limit: AttachedFile.suffixLimit) }
  }

  private static func put(_ place: Range<Int>?, _ writer: inout FrameWriter) {
    writer.put(UInt8(place == nil ? 0 : 1))
    guard let place else { return }
    writer.put(UInt64(place.lowerBound))
    writer.put(UInt64(place.upperBound))
  }

  private static func put(_ finding: Finding, _ writer: inout FrameWriter) {
    writer.put(finding.rule, limit: ruleLimit)
    writer.put(UInt8(FindingKind.allCases.firstIndex(of: finding.kind) ?? 0))
    writer.put(finding.weight)
    writer.put(finding.evidence, limit: Finding.evidenceLimit + slack)
    put(finding.place, &writer)
    writer.put(UInt8(finding.path == nil ? 0 : 1))
    if let path = finding.path { writer.put(path, limit: Finding.pathLimit + slack) }
    let action = finding.action.flatMap { RuleAction.allCases.firstIndex(of: $0) }
    writer.put(UInt8(action.map { $0 + 1 } ?? 0))
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
    var observations = Observations(findings)
    let files = Int(try reader.number(UInt16.self))
    guard files <= AttachedFile.countLimit else { throw reader.wrong("fewer files") }
    for _ in 0..<files { observations.files.append(try file(&reader, size)) }
    observations.hasMoreFiles = try reader.isGiven()
    let passwords = Int(try reader.number(UInt16.self))
    guard passwords <= PasswordCandidates.limit else { throw reader.wrong("fewer passwords") }
    for _ in 0..<passwords {
      observations.passwords.append(try reader.text(limit: PasswordCandidates.lengthLimit))
    }
    try reader.end()
    return InspectionReport(observations, milliseconds: min(max(0, milliseconds), 1e9))
  }

  private static func file(
    _ reader: inout FrameReader, _ size: Int
  ) throws(SyntaxError) -> AttachedFile {
    let path = try reader.text(limit: Finding.pathLimit + slack)
    let suffix = try reader.text(limit: AttachedFile.suffixLimit)
    let place = try place(&reader, size)
    var kinds: [String] = []
    for _ in 0..<min(Int(try reader.number(UInt8.self)), AttachedFile.kindLimit) {
      kinds.append(try reader.text(limit: AttachedFile.suffixLimit))
    }
    return AttachedFile(path: path, suffix: suffix, place: place, kinds: kinds)
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
    let action = Int(try reader.number(UInt8.self))
    guard action <= RuleAction.allCases.count else { throw reader.wrong("an action") }
    let sentence = Sentence(
      ja: Finding.printable(try reader.text(limit: sentenceLimit), limit: sentenceLimit),
      en: Finding.printable(try reader.text(limit: sentenceLimit), limit: sentenceLimit))
    return Finding(
      rule, kinds[kind], weight: weight, evidence: evidence, place: place, path: path,
      action: action == 0 ? nil : RuleAction.allCases[action - 1], sentence)
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
