package import TOML

/// One rule of a file: when it fits, what that weighs, and how people are told.
package struct Rule: Sendable {
  /// `group.word`, lower case; a later file's rule takes an earlier one's place by it.
  package let id: String
  package let condition: Condition
  package let kind: FindingKind
  package let weight: Double
  /// What is to be done whatever the other findings weigh; nil leaves it to the verdict.
  package let action: RuleAction?
  /// With `{fact}` where the message's own words go.
  package let sentence: Sentence
  package let references: [String]
  package let examples: [RuleExample]
  /// False switches off a rule of the same id that came before.
  package let isOn: Bool
  package let file: String
  package let position: TOMLPosition

  /// Points of one rule, either way.
  static let weightLimit = 20
}

/// What a rule may ask for by itself.
package enum RuleAction: String, Codable, Hashable, Sendable, CaseIterable {
  case mark, hold, refuse
}

/// A mail, or facts, that a rule must or must not fit.
package struct RuleExample: Sendable {
  package let matches: Bool
  /// Lines of a mail; empty when only facts are given.
  package let mail: [UInt8]
  /// Facts that stand beside or instead of the mail's.
  package let facts: [(name: FactName, value: FactBook.Value)]
  package let position: TOMLPosition
}

/// One thing wrong with a rule file.
package struct RuleFault: Error, Hashable, Sendable {
  package let file: String
  package let position: TOMLPosition
  package let message: String

  package init(file: String, position: TOMLPosition, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }

  /// Of a file as a whole.
  package init(file: String, _ message: String) {
    self.init(file: file, position: TOMLPosition(line: 1, column: 1), message: message)
  }

  /// `lures.toml:3:8: no fact is called from.domian. Did you mean from.domain?`
  package var line: String { "\(file):\(position): \(message)" }
}

/// A sentence with `{fact}` in it.
struct SentenceTemplate {
  /// Letters that one fact's words may take: a sentence is read, not scrolled.
  static let wordLimit = 60
  /// Texts of one fact that are shown.
  private static let textLimit = 3

  /// Facts that stand in braces, known or not.
  static func names(in text: String) -> [String] {
    text.split(separator: "{").dropFirst(text.hasPrefix("{") ? 0 : 1).map { piece in
      String(piece.prefix { $0 != "}" })
    }
  }

  /// The sentence with the message's words, which come from strangers: printable and cut.
  static func filled(_ text: String, _ book: FactBook) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      let inner = rest[rest.index(after: open)...]
      guard let close = inner.firstIndex(of: "}") else { break }
      let words = FactName(String(inner[..<close])).flatMap { book[$0] }?.words ?? []
      let shown = words.prefix(textLimit).joined(separator: ", ")
      result += Finding.printable(shown.isEmpty ? "–" : shown, limit: wordLimit)
      rest = inner[inner.index(after: close)...]
    }
    return result + rest
  }
}
