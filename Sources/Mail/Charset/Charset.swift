import CCharset

/// A charset of mail text. Japanese ones and UTF-7 are decoded by hand, where mail differs from what
/// libraries think; UTF-8 by the standard library; everything else by ICU.
package struct Charset: Hashable, Sendable {
  private enum Decoder: Hashable, Sendable {
    case ascii, utf8, utf7, iso2022JP, shiftJIS, eucJP, shiftJIS2004, eucJIS2004
    case icu(String)
  }

  /// WHATWG's name where it has one, else the label.
  package let name: String
  private let decoder: Decoder

  package static let utf8 = Charset("utf-8", .utf8)
  package static let iso2022JP = Charset("iso-2022-jp", .iso2022JP)
  package static let shiftJIS = Charset("shift_jis", .shiftJIS)
  package static let eucJP = Charset("euc-jp", .eucJP)
  package static let windows1252 = Charset("windows-1252", .icu("windows-1252"))

  private init(_ name: String, _ decoder: Decoder) {
    self.name = name
    self.decoder = decoder
  }

  /// By a label as mail writes it; nil when nobody knows it.
  package init?(label: String) {
    let label = Self.normalised(label)
    guard !label.isEmpty, label.utf8.count <= 60 else { return nil }
    if let known = CharsetLabels.names[label] {
      self.init(known.name, Self.decoder(known))
    } else if label.utf8.allSatisfy(Self.isLabelText), charset_exists(label) {
      self.init(label, .icu(label))
    } else {
      return nil
    }
  }

  /// Loads what decoding needs, so that a process that may open no files can decode everything. False
  /// when the converters would open some all the same.
  package static func prepare() -> Bool {
    _ = JISX0213.table
    let tables = [JapaneseTables.jisX0208, JapaneseTables.jisX0212]
    return charset_without_files() && tables.allSatisfy { !$0.isEmpty }
  }

  /// Lower case, without the quotes and blanks that come along, `cs` prefix and language kept off.
  private static func normalised(_ label: String) -> String {
    let trimmed = label.utf8.filter { !$0.isBlank && $0 != 0x22 && $0 != 0x27 }
    return String(decoding: trimmed.prefix { $0 != 0x2A }.map(\.lowered), as: UTF8.self)
  }

  /// No option (`,locale=`) reaches ICU.
  private static func isLabelText(_ byte: UInt8) -> Bool {
    (0x30...0x3A).contains(byte) || (0x61...0x7A).contains(byte)
      || [0x2D, 0x2E, 0x5F].contains(byte)
  }

  private static func decoder(_ known: CharsetLabels.Known) -> Decoder {
    switch known.name {
    case "us-ascii": .ascii
    case "utf-8": .utf8
    case "utf-7": .utf7
    case "iso-2022-jp": .iso2022JP
    case "shift_jis": .shiftJIS
    case "euc-jp": .eucJP
    case "shift_jis-2004": .shiftJIS2004
    case "euc-jis-2004": .eucJIS2004
    default: .icu(known.converter)
    }
  }

  /// Never fails: what has no meaning becomes U+FFFD and is counted.
  package func decode(_ bytes: [UInt8]) -> DecodedText {
    switch decoder {
    case .ascii: TextGuess.ascii(bytes)
    case .utf8: Self.decodeUTF8(bytes)
    case .utf7: UTF7.decode(bytes)
    case .iso2022JP: ISO2022JP.decode(bytes)
    case .shiftJIS: ShiftJIS.decode(bytes)
    case .eucJP: EUCJP.decode(bytes)
    case .shiftJIS2004: JISX0213.decodeShiftJIS(bytes)
    case .eucJIS2004: JISX0213.decodeEUC(bytes)
    case .icu(let converter): Self.convert(bytes, converter, name)
    }
  }

  private static func decodeUTF8(_ bytes: [UInt8]) -> DecodedText {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if let text = String(validating: bytes[start...], as: UTF8.self) {
      return DecodedText(text: text, malformedCount: 0, firstMalformed: nil, charset: "utf-8")
    }
    var sink = TextSink(reserving: bytes.count + 64)
    var decoder = UTF8.ForwardParser()
    var input = bytes[start...].makeIterator()
    var at = start
    while true {
      switch decoder.parseScalar(from: &input) {
      case .valid(let scalar):
        sink.append(utf8: scalar)
        at += scalar.count
      case .error(let length):
        sink.malformed(at: at)
        at += length
      case .emptyInput: return sink.decoded("utf-8")
      }
    }
  }

  /// Octets that ICU needs at most for one of input, in UTF-8.
  private static let expansion = 4

  private static func convert(_ bytes: [UInt8], _ converter: String, _ name: String) -> DecodedText
  {
    var result = charset_result()
    let text = String(unsafeUninitializedCapacity: bytes.count * expansion + 16) { output in
      result = bytes.withUnsafeBufferPointer {
        charset_decode(converter, $0.baseAddress, $0.count, output.baseAddress, output.count)
      }
      return min(Int(result.written), output.count)
    }
    return DecodedText(
      text: text, malformedCount: Int(result.malformed),
      firstMalformed: result.first_malformed < 0 ? nil : Int(result.first_malformed), charset: name)
  }
}
