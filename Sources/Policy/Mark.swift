package import Inspection
package import Mail
package import SMTP

/// What recipients of marked mail see of its judgement: one field, and a tag in the subject where the
/// settings want it. It names rules and keeps the evidence for the journal.
///
///     X-Kadomori-Verdict: suspicious; score=7; id=06H0ZK2Q6SGYX4HC;
///      rules=name.double-extension,html.hidden-text
package struct Mark: Hashable, Sendable {
  package static let fieldPrefix = "X-Kadomori-"
  private static let verdictField = fieldPrefix + "Verdict"
  /// Rules named in the field.
  private static let ruleLimit = 8

  /// The field with its CRLF.
  package let field: [UInt8]

  package init(_ report: InspectionReport, id: TraceID) {
    var rules: [String] = []
    for finding in report.findings.sorted(by: { $0.weight > $1.weight })
    where finding.speaksAgainst && !rules.contains(finding.rule) && rules.count < Self.ruleLimit {
      rules.append(finding.rule)
    }
    var words = [
      "\(report.verdict.rawValue);", "score=\(Int(report.score.rounded()));", "id=\(id)",
    ]
    if !rules.isEmpty {
      words[2] += ";"
      words.append("rules=" + rules.joined(separator: ","))
    }
    var writer = HeaderWriter()
    writer.field(Self.verdictField, words.joined(separator: " "))
    field = writer.bytes
  }

  /// What is put between the colon of Subject and its text: ` =?utf-8?B?…?=`, or the plain tag. The text
  /// behind begins with its own white space, so the two stay apart (RFC 2047 §6.2 drops white space only
  /// between two encoded words, and then the tag touches the text).
  package static func subjectTag(_ tag: String) -> [UInt8] {
    var writer = HeaderWriter()
    writer.text("S", tag.hasSuffix(" ") ? tag : tag + " ")
    return Array(writer.bytes.dropFirst(2).dropLast(2))
  }

  /// The fields that pretend to be ours: whole fields, from their name to their last CRLF.
  package static func imitations(
    in fields: [HeaderFields.Field], of bytes: [UInt8]
  ) -> [Range<Int>] {
    let prefix = Array(fieldPrefix.utf8.map { $0 | 0x20 })
    return fields.compactMap { field in
      let name = bytes[field.name]
      guard name.count >= prefix.count, zip(name, prefix).allSatisfy({ ($0 | 0x20) == $1 }) else {
        return nil
      }
      return field.name.lowerBound..<min(bytes.count, field.end(in: bytes))
    }
  }
}

extension HeaderFields.Field {
  /// Behind the CRLF, or the bare LF, that ends a field.
  func end(in bytes: [UInt8]) -> Int {
    var end = value.upperBound
    if end < bytes.count, bytes[end] == 0x0D { end += 1 }
    if end < bytes.count, bytes[end] == 0x0A { end += 1 }
    return end
  }
}

extension Finding {
  /// Whether it says something against the message, by its weight or by what its rule asks for.
  package var speaksAgainst: Bool { weight > 0 || action != nil }
}
