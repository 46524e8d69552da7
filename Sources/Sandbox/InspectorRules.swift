package import Inspection
package import Mail
import Synchronization

/// What inspectors judge by besides the shipped rules, as each is handed it before it locks itself in:
///
///     files u32, each: name text, octets u32 and so many; YARA rules as compiled: octets u32 and so many
///
/// So a process that may open nothing has them, and one that starts while a rule file is bad has what that
/// file said before.
package struct InspectorRules: Sendable {
  package let sources: [RuleSource]
  /// `YaraRules.octets`; empty for none.
  package let yara: [UInt8]

  /// Octets of a file's name.
  private static let nameLimit = 1000

  package init() { (sources, yara) = ([], []) }

  /// Nobody may scan with the YARA rules meanwhile.
  package init(_ rules: UserRules) {
    sources = rules.library.sources
    yara = rules.yara.rules?.octets ?? []
  }

  private init(sources: [RuleSource], yara: [UInt8]) {
    (self.sources, self.yara) = (sources, yara)
  }

  package var octets: [UInt8] {
    var writer = FrameWriter()
    writer.put(UInt32(sources.count))
    for source in sources {
      writer.put(source.name, limit: Self.nameLimit)
      writer.put(block: source.text)
    }
    writer.put(block: yara)
    return writer.octets
  }

  package static func parse(_ octets: ArraySlice<UInt8>) throws(SyntaxError) -> InspectorRules {
    var reader = FrameReader(octets)
    var sources: [RuleSource] = []
    for _ in 0..<(try reader.number(UInt32.self)) {
      let name = try reader.text(limit: nameLimit)
      sources.append(RuleSource(name: name, text: try reader.block()))
    }
    let yara = try reader.block()
    try reader.end()
    return InspectorRules(sources: sources, yara: yara)
  }

  /// Nil where the YARA rules can't be had back.
  var inspector: MessageInspector? {
    guard !yara.isEmpty else { return MessageInspector(rules: RuleBook(adding: sources)) }
    guard let compiled = YaraRules(octets: yara) else { return nil }
    return MessageInspector(rules: RuleBook(adding: sources), yara: compiled)
  }
}

/// The rules that new inspectors are given; whoever has others is replaced before the next message.
final class RuleShelf: Sendable {
  /// A sealed copy, and which it is: later ones have greater numbers.
  struct Edition: Sendable {
    let file: SealedFile
    let number: Int
  }

  private let contents: Mutex<Edition?>

  init(_ rules: InspectorRules) {
    contents = Mutex(SealedFile(rules.octets).map { Edition(file: $0, number: 0) })
  }

  var edition: Edition? { contents.withLock { $0 } }

  /// False when there is no memory for them: those before stay.
  func put(_ rules: InspectorRules) -> Bool {
    guard let file = SealedFile(rules.octets) else { return false }
    contents.withLock { $0 = Edition(file: file, number: ($0?.number ?? 0) + 1) }
    return true
  }
}
