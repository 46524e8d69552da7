package import Mail

/// What is known of one message, by name, for rules to ask.
///
/// Texts of one fact are bounded in number and length; what is cut is beyond what any rule can need.
package struct FactBook: Sendable {
  /// Texts of one fact, and octets of one text.
  package static let textLimit = 200
  package static let lengthLimit = 256 << 10

  /// What a fact says.
  package enum Value: Sendable {
    case texts([FactText])
    case number(Double)

    /// As examples and explanations show it.
    package var words: [String] {
      switch self {
      case .texts(let texts): texts.map(\.original)
      case .number(let number):
        [number == number.rounded() ? "\(Int(number.clamped))" : "\(number)"]
      }
    }
  }

  private var values: [String: Value] = [:]

  /// Names that are kept; nil keeps all. Folding a text that nobody asks for costs as much as another.
  private let wanted: Set<String>?

  package init(wanted: Set<FactName>? = nil) { self.wanted = wanted.map { Set($0.map(\.text)) } }

  private func keeps(_ name: String) -> Bool { wanted?.contains(name) ?? true }

  package subscript(name: FactName) -> Value? { values[name.text] }

  func texts(_ name: FactName) -> [FactText] {
    if case .texts(let texts)? = values[name.text] { texts } else { [] }
  }

  func number(_ name: FactName) -> Double? {
    if case .number(let number)? = values[name.text] { number } else { nil }
  }

  package mutating func set(_ name: String, _ number: Double) {
    if keeps(name) { values[name] = .number(number) }
  }

  /// Texts that are compared with each other.
  private static let few = 4

  /// Sets texts without repetitions; none at all is no fact.
  package mutating func set(_ name: String, _ texts: [String], place: Range<Int>? = nil) {
    guard keeps(name) else { return }
    var seen: Set<String> = []
    var kept: [FactText] = []
    // A hash of a whole body costs more than a look at the lengths of two.
    let areFew = texts.count <= Self.few
    for (index, text) in texts.enumerated() where !text.isEmpty && kept.count < Self.textLimit {
      let isNew =
        areFew
        ? !texts[..<index].contains { $0.utf8.count == text.utf8.count && $0 == text }
        : seen.insert(text).inserted
      if isNew { kept.append(FactText(text, place: place)) }
    }
    values[name] = kept.isEmpty ? nil : .texts(kept)
  }

  package mutating func set(_ name: String, _ texts: [FactText]) {
    guard keeps(name) else { return }
    values[name] = texts.isEmpty ? nil : .texts(Array(texts.prefix(Self.textLimit)))
  }

  /// Everything, in the order of names: `rules test --facts` prints it.
  package var all: [(name: String, value: Value)] {
    values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

/// One text of a fact: as it came and as it is compared, and where it stands in the message.
package struct FactText: Sendable {
  package let original: String
  package let folded: FoldedText
  package let place: Range<Int>?

  package init(_ text: String, place: Range<Int>? = nil) {
    original =
      text.utf8.count <= FactBook.lengthLimit
      ? text : String(decoding: text.utf8.prefix(FactBook.lengthLimit), as: UTF8.self)
    folded = FoldedText(original)
    self.place = place
  }
}

extension Double {
  /// Within what `Int` holds.
  fileprivate var clamped: Double { max(-1e15, min(1e15, isNaN ? 0 : self)) }
}
