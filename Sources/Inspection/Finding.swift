/// What one check found: a fact with its weight, the octets that show it, and a sentence for people.
///
/// A check can't throw: what it could not find out is a finding, too.
package struct Finding: Codable, Hashable, Sendable {
  /// The rule's stable name, `group.word` in lower-case ASCII: `archive.encrypted`, `name.rtlo`.
  package var rule: String
  package var kind: FindingKind
  /// How much speaks against the message; 0 tells something and weighs nothing, less than 0 speaks for it.
  package var weight: Double
  /// What shows it, printable and cut at `evidenceLimit` octets.
  package var evidence: String
  /// Where it stands in the message.
  package var place: Range<Int>?
  /// Where it stands in the tree of parts and files: `part 2/invoice.zip/a.exe`.
  package var path: String?
  /// What its rule asks for by itself, whatever the other findings weigh.
  package var action: RuleAction?
  package var sentence: Sentence

  package static let evidenceLimit = 200
  /// Octets of a path: names come from strangers.
  package static let pathLimit = 400

  package init(
    _ rule: String, _ kind: FindingKind, weight: Double, evidence: String = "",
    place: Range<Int>? = nil, path: String? = nil, action: RuleAction? = nil,
    _ sentence: Sentence
  ) {
    self.action = action
    self.rule = rule
    self.kind = kind
    self.weight = weight
    self.evidence = Self.printable(evidence, limit: Self.evidenceLimit)
    self.place = place
    self.path = path.map { Self.printable($0, limit: Self.pathLimit) }
    self.sentence = sentence
  }

  /// Text of strangers made fit for a terminal, a log and a web page: control and formatting characters
  /// become `·`, and so do the bidirectional ones that would turn the line around.
  package static func printable(_ text: String, limit: Int) -> String {
    var shown = ""
    var octets = 0
    for scalar in text.unicodeScalars {
      let isShown =
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
          .paragraphSeparator:
          false
        default: true
        }
      let piece: Unicode.Scalar = isShown ? scalar : "·"
      octets += UTF8.width(piece)
      guard octets <= limit else { return shown + "…" }
      shown.unicodeScalars.append(piece)
    }
    return shown
  }
}

/// What a finding is about.
package enum FindingKind: String, Codable, Hashable, Sendable, CaseIterable {
  case malware
  /// What an attachment is and does.
  case attachment
  /// How the message is built.
  case format
  /// Who it is from.
  case identity
  case phishing
  case spam
  /// A check that could not be made, or a scanner that is down.
  case scanner
  /// What could not be looked into: encrypted, or behind a bound.
  case unread
}

/// One sentence in both languages of the house.
package struct Sentence: Codable, Hashable, Sendable {
  package var ja: String
  package var en: String

  package init(ja: String, en: String) {
    self.ja = ja
    self.en = en
  }
}

extension UTF8 {
  fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0x80: 1
    case ..<0x800: 2
    case ..<0x1_0000: 3
    default: 4
    }
  }
}
