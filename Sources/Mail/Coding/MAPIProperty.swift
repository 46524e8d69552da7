/// One MAPI property of a TNEF attribute (MS-OXTNEF §2.1.3.4): only the value's octets are kept.
struct MAPIProperty {
  let id: Int
  let type: Int
  /// The first value; several occur where no body or attachment is meant.
  let value: ArraySlice<UInt8>

  private static let countLimit = 10_000
  private static let unicode = 0x1F

  var isObject: Bool { type == 0x0D }

  /// Whether it is a text that begins with two backslashes.
  var isShare: Bool {
    switch type {
    case 0x1E: value.starts(with: [0x5C, 0x5C])
    case Self.unicode: value.starts(with: [0x5C, 0, 0x5C, 0])
    default: false
    }
  }

  /// A string without its closing NUL.
  var text: String {
    guard type == Self.unicode else { return TextGuess.text(Array(value.prefix { $0 != 0 })) }
    var units: [UInt16] = []
    var at = value.startIndex
    while at + 1 < value.endIndex {
      let unit = UInt16(value[at]) | UInt16(value[at + 1]) << 8
      if unit == 0 { break }
      units.append(unit)
      at += 2
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// All that can be read, and whether that was everything.
  static func all(in bytes: ArraySlice<UInt8>) -> (properties: [MAPIProperty], isWhole: Bool) {
    var reader = LittleEndianReader(bytes)
    guard let count = reader.integer(4) else { return ([], false) }
    var properties: [MAPIProperty] = []
    for _ in 0..<min(count, countLimit) {
      guard let property = next(&reader) else { return (properties, false) }
      properties.append(property)
    }
    return (properties, count <= countLimit)
  }

  private static func next(_ reader: inout LittleEndianReader) -> MAPIProperty? {
    guard let type = reader.integer(2), let id = reader.integer(2), skipName(id, &reader) else {
      return nil
    }
    let isMultiple = type & 0x1000 != 0
    let plainType = type & 0x0FFF
    let isVariable = [0x0D, 0x1E, 0x1F, 0x102].contains(plainType)
    var count = 1
    if isMultiple || isVariable {
      guard let given = reader.integer(4), given <= countLimit else { return nil }
      count = given
    }
    var first: ArraySlice<UInt8> = []
    for index in 0..<count {
      guard let value = value(plainType, isVariable, &reader) else { return nil }
      if index == 0 { first = value }
    }
    return MAPIProperty(id: id, type: plainType, value: first)
  }

  /// A named property carries a GUID and a number or name (identifiers from 0x8000 on).
  private static func skipName(_ id: Int, _ reader: inout LittleEndianReader) -> Bool {
    guard id >= 0x8000 else { return true }
    guard reader.octets(16) != nil, let kind = reader.integer(4) else { return false }
    guard kind == 1 else { return reader.octets(4) != nil }
    guard let length = reader.integer(4) else { return false }
    return reader.octets(padded(length)) != nil
  }

  private static func value(
    _ type: Int, _ isVariable: Bool, _ reader: inout LittleEndianReader
  ) -> ArraySlice<UInt8>? {
    if isVariable {
      guard let length = reader.integer(4), let value = reader.octets(length) else { return nil }
      _ = reader.octets(padded(length) - length)
      return value
    }
    switch type {
    case 0x02, 0x03, 0x04, 0x0A, 0x0B: return reader.octets(4)
    case 0x05, 0x06, 0x07, 0x14, 0x40: return reader.octets(8)
    case 0x48: return reader.octets(16)
    default: return nil
    }
  }

  private static func padded(_ length: Int) -> Int { (length + 3) & ~3 }
}

/// Compressed RTF (MS-OXRTFCP): a sliding window of 4,096 octets that begins with common words.
enum CompressedRTF {
  /// Octets that a body may expand to; runs of 17 octets need two, so 9 times is the most possible.
  private static let expansionLimit = 9
  private static let window = 4096
  private static let compressed = 0x7546_5A4C
  private static let plain = 0x414C_454D

  private static let words = Array(
    ("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
      + "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
      + "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx").utf8)

  /// Nil when the header is wrong; a cut body is expanded as far as it goes.
  static func expanded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var reader = LittleEndianReader(bytes)
    guard reader.integer(4) != nil, let size = reader.integer(4), let kind = reader.integer(4),
      reader.integer(4) != nil
    else { return nil }
    let rest = bytes[reader.at...]
    if kind == plain { return Array(rest.prefix(size)) }
    guard kind == compressed else { return nil }
    return unpacked(rest, limit: min(size, rest.count * expansionLimit))
  }

  private static func unpacked(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8] {
    var reader = LittleEndianReader(bytes)
    var output: [UInt8] = []
    var dictionary = words + [UInt8](repeating: 0x20, count: window - words.count)
    var place = words.count
    func put(_ byte: UInt8) {
      output.append(byte)
      dictionary[place] = byte
      place = (place + 1) % window
    }
    while output.count < limit, let control = reader.integer(1) {
      for bit in 0..<8 where output.count < limit {
        if control & (1 << bit) == 0 {
          guard let byte = reader.integer(1) else { return output }
          put(UInt8(byte))
        } else {
          guard let high = reader.integer(1), let low = reader.integer(1) else { return output }
          var from = high << 4 | low >> 4
          if from == place { return output }
          for _ in 0..<((low & 0x0F) + 2) {
            put(dictionary[from])
            from = (from + 1) % window
          }
        }
      }
    }
    return output
  }
}
