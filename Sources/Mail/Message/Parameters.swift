/// The parameters of a field, assembled (RFC 2231) and decoded: for each name what most clients read
/// first, and what others may read.
package struct Parameters: Sendable {
  /// One parameter in every plausible reading.
  package struct Parameter: Hashable, Sendable {
    /// Lower case, without the marks of RFC 2231.
    package let name: String
    /// At least one, without repetitions; the first is what most clients read.
    package fileprivate(set) var readings: [String]

    package var value: String { readings.first ?? "" }
  }

  package private(set) var all: [Parameter] = []
  package private(set) var defects: [Defect] = []
  /// Every value of `boundary` as octets, none twice: what divides is octets, not text.
  package private(set) var boundaries: [[UInt8]] = []

  /// Readings kept of one parameter.
  static let readingLimit = 6

  package subscript(_ name: String) -> String? { parameter(name)?.value }

  package func parameter(_ name: String) -> Parameter? { all.first { $0.name == name } }

  init() {}

  /// Reads what stands behind the field's main value.
  init(_ cursor: FieldCursor, run: Int) {
    guard !cursor.isAtEnd else { return }
    let reader = ParameterReader(cursor)
    defects = reader.defects.map { Defect($0.0, Place(run: run, $0.1)) }
    var groups: [(name: [UInt8], forms: ParameterForms)] = []
    for raw in reader.parameters {
      let base = Array(raw.name.prefix { $0 != 0x2A })
      if let index = groups.firstIndex(where: { $0.name == base }) {
        groups[index].forms.add(raw)
      } else {
        groups.append((base, ParameterForms(raw)))
      }
    }
    let boundary = Array("boundary".utf8)
    for (name, forms) in groups {
      let assembled = forms.assembled(run)
      all.append(
        Parameter(
          name: String(decoding: name, as: UTF8.self),
          readings: Array(assembled.readings.prefix(Self.readingLimit))))
      defects += assembled.defects
      if name == boundary { boundaries = forms.octets }
    }
  }
}

/// All forms in which one parameter is given: plainly (perhaps twice), extended (`*=`), and in
/// numbered sections (`*0=`, `*1*=`).
private struct ParameterForms {
  private struct Section {
    let number: Int
    let isExtended: Bool
    let raw: RawParameter
  }

  private var plain: [RawParameter] = []
  private var extended: [RawParameter] = []
  private var sections: [Section] = []
  private var strange: [RawParameter] = []

  init(_ first: RawParameter) { add(first) }

  /// `name`, `name*`, `name*0`, `name*0*` (RFC 2231 §3, §4).
  mutating func add(_ raw: RawParameter) {
    let marks = raw.name.drop { $0 != 0x2A }
    if marks.isEmpty { return plain.append(raw) }
    if marks.count == 1 { return extended.append(raw) }
    let isExtended = marks.last == 0x2A
    let digits = marks.dropFirst().dropLast(isExtended ? 1 : 0)
    guard (1...4).contains(digits.count), let number = Int(String(decoding: digits, as: UTF8.self)),
      number >= 0
    else { return strange.append(raw) }
    sections.append(Section(number: number, isExtended: isExtended, raw: raw))
  }

  /// Every value as octets, the plain ones first.
  var octets: [[UInt8]] {
    var found = plain.flatMap { raw in [raw.value] + (raw.otherwise.map { [$0] } ?? []) }
    if !sections.isEmpty { found.append(join(ordered).octets) }
    found += extended.map { split($0.value).octets }
    // Some decode even what is to divide.
    let words = plain.map(\.value).filter(EncodedWords.mayHoldWord)
    found += words.map { Array(EncodedWords.decode($0).text.utf8) }
    return found.withoutRepetitions
  }

  func assembled(_ run: Int) -> (readings: [String], defects: [Defect]) {
    var readings: [String] = []
    var kinds: [(Defect.Kind, Range<Int>)] = []
    if let first = extended.first {
      readings += extended.map { text(split($0.value)) }
      if extended.count > 1 { kinds.append((.parameterRepeated, first.range)) }
    }
    if !sections.isEmpty { readings += continued(&kinds) }
    if !plain.isEmpty { readings += plainReadings(&kinds) }
    if !plain.isEmpty && extended.count + sections.count > 0 {
      kinds.append((.parameterTwoForms, plain[0].range))
    }
    for raw in strange { kinds.append((.parameterSyntax, raw.range)) }
    readings += strange.map { String(decoding: $0.value, as: UTF8.self) }
    return (readings.withoutRepetitions, kinds.map { Defect($0.0, Place(run: run, $0.1)) })
  }

  private func plainReadings(_ kinds: inout [(Defect.Kind, Range<Int>)]) -> [String] {
    var readings: [String] = []
    if plain.count > 1 { kinds.append((.parameterRepeated, plain[1].range)) }
    for raw in plain {
      let literal = TextGuess.text(raw.value)
      if raw.value.contains(0x3D), EncodedWords.mayHoldWord(raw.value) {
        // RFC 2047 §5 forbids words here; nearly every client decodes them.
        if raw.isQuoted { kinds.append((.encodedWordInQuotes, raw.range)) }
        readings.append(EncodedWords.decode(raw.value).text)
      }
      if raw.value.contains(where: { $0 >= 0x80 }) { kinds.append((.eightBitInHeader, raw.range)) }
      readings.append(literal)
      if let otherwise = raw.otherwise { readings.append(TextGuess.text(otherwise)) }
    }
    return readings
  }

  /// In order of their numbers up to the first gap; then what others make of gap, order and repetition.
  private func continued(_ kinds: inout [(Defect.Kind, Range<Int>)]) -> [String] {
    let ordered = self.ordered
    let whole = sections[0].raw.range.lowerBound..<sections[sections.count - 1].raw.range.upperBound
    var readings = [text(join(ordered))]
    if ordered.count < sections.count {
      kinds.append((.parameterGap, whole))
      readings.append(text(join(sections.sorted { $0.number < $1.number })))
    }
    if zip(sections, sections.dropFirst()).contains(where: { $0.number >= $1.number }) {
      kinds.append((.parameterOrder, whole))
      readings.append(text(join(sections)))
    }
    return readings
  }

  private var ordered: [Section] {
    var result: [Section] = []
    for section in sections.sorted(by: { $0.number < $1.number })
    where section.number == result.count {
      result.append(section)
    }
    return result
  }

  /// A value of octets and the charset it names.
  private typealias Value = (charset: [UInt8], octets: [UInt8], isExtended: Bool)

  /// Only extended sections are percent-decoded; the first names the charset (RFC 2231 §4.1).
  private func join(_ sections: [Section]) -> Value {
    var value: Value = ([], [], false)
    for (index, section) in sections.enumerated() {
      if !section.isExtended {
        value.octets += section.raw.value
      } else if index == 0 {
        value = split(section.raw.value)
      } else {
        value.octets += WebHost.percentDecoded(section.raw.value[...])
      }
    }
    return value
  }

  /// `[charset] "'" [language] "'" value` (RFC 2231 §4).
  private func split(_ value: [UInt8]) -> Value {
    let pieces = value.split(separator: 0x27, maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3 else { return ([], WebHost.percentDecoded(value[...]), true) }
    return (Array(pieces[0]), WebHost.percentDecoded(pieces[2]), true)
  }

  private func text(_ value: Value) -> String {
    guard value.isExtended, !value.charset.isEmpty else {
      return EncodedWords.mayHoldWord(value.octets)
        ? EncodedWords.decode(value.octets).text : TextGuess.text(value.octets)
    }
    let label = String(decoding: value.charset, as: UTF8.self)
    guard let charset = Charset(label: label) else { return TextGuess.text(value.octets) }
    return charset.decode(value.octets).text
  }
}

extension Array where Element: Hashable {
  /// Each element once, in order of its first place.
  var withoutRepetitions: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
