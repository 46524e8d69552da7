import Mail

/// Files within calendars and address cards, in the lines of their properties:
///
///     ATTACH;FMTTYPE=application/zip;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.zip:UEsDB…
///     PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ…
///     ATTACH:data:application/zip;base64,UEsDB…
///
/// (RFC 5545 §3.2.7, RFC 6350 §3.2; ENCODING=b is vCard 3's.) Lines are compared as octets: a hostile
/// calendar has hundreds of thousands.
enum CalendarReader {
  /// Octets of a property's name and parameters, or of a `data:` address's, that are read.
  private static let parameterLimit = 1 << 16
  /// Events, alarms, cards: a person's calendar of ten years has a tenth of it.
  private static let componentLimit = 100_000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    var components = 0
    for line in CalendarLines(octets) {
      if begins(line) { components += 1 }
      guard components <= componentLimit else { return opening.note(.limitCount) }
      guard takeFile(line, &opening) else { return }
    }
  }

  private static let beginning = Array("begin:".utf8)

  private static func begins(_ line: ArraySlice<UInt8>) -> Bool {
    line.count > beginning.count && zip(line, beginning).allSatisfy { $0.lowered == $1 }
  }

  /// False when no more may be read.
  private static func takeFile(_ line: ArraySlice<UInt8>, _ opening: inout Opening) -> Bool {
    guard let colon = CalendarLines.valueMark(in: line) else { return true }
    let head = line[..<colon].prefix(parameterLimit)
    let value = line[(colon + 1)...]
    guard let coded = isCoded(head) ? value : data(of: value) else { return true }
    guard opening.admits() else { return false }
    let content = BodyDecoder.decode(coded, .base64)
    if !content.octets.isEmpty { opening.take(content.octets, ArtefactName(name(in: head))) }
    return true
  }

  private static let codings = ["encoding=base64", "encoding=b"].map { Array($0.utf8) }

  /// Whether a parameter says that the value is in base64.
  private static func isCoded(_ head: ArraySlice<UInt8>) -> Bool {
    guard head.contains(0x3B) else { return false }
    let parameters = CalendarLines.unfolded(head).split(separator: 0x3B).dropFirst()
    return parameters.contains { codings.contains($0.map(\.lowered)) }
  }

  private static let (scheme, coding) = (Array("data:".utf8), Array(";base64".utf8))

  /// What a `data:` address carries in base64 (RFC 2397).
  private static func data(of value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard value.first(where: { !$0.isSpace })?.lowered == scheme[0],
      let comma = value.prefix(parameterLimit).firstIndex(of: 0x2C)
    else { return nil }
    let type = CalendarLines.unfolded(value[..<comma]).map(\.lowered)
    let isData = type.starts(with: scheme) && type.suffix(coding.count).elementsEqual(coding)
    return isData ? value[(comma + 1)...] : nil
  }

  private static let fileName = Array("filename".utf8)

  /// `FILENAME=` (RFC 8607 §4.2) or what programs wrote before it.
  private static func name(in head: ArraySlice<UInt8>) -> String {
    for parameter in CalendarLines.unfolded(head).split(separator: 0x3B).dropFirst() {
      let pair = parameter.split(separator: 0x3D, maxSplits: 1)
      guard pair.count == 2,
        pair[0].suffix(fileName.count).map(\.lowered) == fileName
      else { continue }
      return String(decoding: pair[1].filter { $0 != 0x22 }, as: UTF8.self)
    }
    return ""
  }
}
