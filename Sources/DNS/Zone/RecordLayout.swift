import Mail

/// What the data of a type of records consists of, in the order in which zone files write it.
enum RecordLayout {
  /// One piece of data; the last three take every word that is left.
  enum Field {
    case address4
    case address6
    case name
    case number8
    case number16
    case number32
    /// A number, or `1w2d3h4m5s`.
    case seconds
    /// One <character-string> of at most 255 octets, behind its length.
    case string
    case strings
    case hex
    /// One string without a length.
    case octets
  }

  /// RFC 1035 §3.3, and what came later. A type without a row is passed over.
  static let fields: [RecordType: [Field]] = [
    .a: [.address4], .aaaa: [.address6], .ns: [.name], .cname: [.name], .ptr: [.name],
    .soa: [.name, .name, .number32, .seconds, .seconds, .seconds, .seconds],
    .mx: [.number16, .name], .txt: [.strings], .tlsa: [.number8, .number8, .number8, .hex],
    type("HINFO"): [.string, .string], type("RP"): [.name, .name], type("DNAME"): [.name],
    type("SRV"): [.number16, .number16, .number16, .name], type("SPF"): [.strings],
    type("DS"): [.number16, .number8, .number8, .hex],
    type("CDS"): [.number16, .number8, .number8, .hex],
    type("SSHFP"): [.number8, .number8, .hex],
    type("SMIMEA"): [.number8, .number8, .number8, .hex],
    type("CAA"): [.number8, .string, .octets], type("URI"): [.number16, .number16, .octets],
  ]

  private static func type(_ name: String) -> RecordType {
    RecordType(number: RecordType.numbers[name] ?? 0)
  }

  /// RFC 1035 §3.2.1: the length of data has 16 bits.
  private static let lengthLimit = 65_535

  /// The words of a record's data as they are on the wire; nil for a type that is passed over.
  static func wire(
    _ type: RecordType, _ words: ArraySlice<ZoneEntry.Word>, in entry: ZoneEntry, origin: DNSName
  ) throws(ZoneFault) -> [UInt8]? {
    var words = words
    var wire: [UInt8] = []
    if let first = words.first, !first.isQuoted, first.octets.elementsEqual([0x5C, 0x23]) {
      words.removeFirst()
      wire = try generic(&words, in: entry)
    } else if let fields = fields[type] {
      for field in fields { wire += try read(field, &words, in: entry, origin: origin) }
    } else {
      return nil
    }
    if let extra = words.first { throw extra.fault("the record's end") }
    guard wire.count <= lengthLimit else { throw entry.fault("at most \(lengthLimit) octets") }
    return wire
  }

  /// `\# 3 0102 03` (RFC 3597 §5).
  private static func generic(
    _ words: inout ArraySlice<ZoneEntry.Word>, in entry: ZoneEntry
  ) throws(ZoneFault) -> [UInt8] {
    guard let count = words.popFirst() else { throw entry.fault("a count of octets") }
    let wanted = try number(count, atMost: lengthLimit)
    let octets = wanted == 0 && words.isEmpty ? [] : try hex(&words, in: entry)
    guard octets.count == wanted else { throw count.fault("the count of the octets that follow") }
    return octets
  }

  private static func read(
    _ field: Field, _ words: inout ArraySlice<ZoneEntry.Word>, in entry: ZoneEntry, origin: DNSName
  ) throws(ZoneFault) -> [UInt8] {
    if case .hex = field { return try hex(&words, in: entry) }
    guard let word = words.popFirst() else { throw entry.fault("\(field.words)") }
    switch field {
    case .address4, .address6: return try address(word, field)
    case .name:
      return try word.read { text throws(SyntaxError) in
        try DNSName(text: text, origin: origin)
      }.wire
    case .number8: return [UInt8(try number(word, atMost: 0xFF))]
    case .number16: return bigEndian(try number(word, atMost: 0xFFFF), octets: 2)
    case .number32: return bigEndian(try number(word, atMost: 0xFFFF_FFFF), octets: 4)
    case .seconds: return bigEndian(try seconds(word), octets: 4)
    case .string: return try string(word)
    case .octets: return try word.read(EscapedText.octets)
    case .strings, .hex:
      var wire = try string(word)
      while let next = words.popFirst() { wire += try string(next) }
      return wire
    }
  }

  private static func address(_ word: ZoneEntry.Word, _ field: Field) throws(ZoneFault) -> [UInt8] {
    let isFour = field == .address4
    guard let address = IPAddress(word.text), word.octets.contains(0x3A) != isFour else {
      throw word.fault(field.words)
    }
    let octets = address.octets
    // IPAddress holds a mapped address as the one that is mapped (RFC 4291 §2.5.5.2).
    return isFour || octets.count == 16
      ? octets : [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + octets
  }

  private static func string(_ word: ZoneEntry.Word) throws(ZoneFault) -> [UInt8] {
    let octets = try word.read(EscapedText.octets)
    guard let count = UInt8(exactly: octets.count) else {
      throw word.fault("at most 255 octets in one string")
    }
    return [count] + octets
  }

  private static func hex(
    _ words: inout ArraySlice<ZoneEntry.Word>, in entry: ZoneEntry
  ) throws(ZoneFault) -> [UInt8] {
    var digits: [UInt8] = []
    guard let first = words.first else { throw entry.fault(Field.hex.words) }
    while let word = words.popFirst() {
      for (offset, byte) in word.octets.enumerated() {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
          throw word.fault(Field.hex.words, at: offset)
        }
        digits.append(UInt8(digit))
      }
    }
    guard digits.count.isMultiple(of: 2) else { throw first.fault("two digits an octet") }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func number(_ word: ZoneEntry.Word, atMost limit: Int) throws(ZoneFault) -> Int {
    guard !word.octets.isEmpty, word.octets.allSatisfy(EscapedText.isDigit),
      let number = Int(word.text), number <= limit
    else { throw word.fault("a number up to \(limit)") }
    return number
  }

  /// RFC 2181 §8: 31 bits.
  private static let secondsLimit = 0x7FFF_FFFF

  static func seconds(_ word: ZoneEntry.Word) throws(ZoneFault) -> Int {
    guard let seconds = seconds(word.octets) else { throw word.fault(Field.seconds.words) }
    return seconds
  }

  /// Nil for what is no time.
  static func seconds(_ octets: ArraySlice<UInt8>) -> Int? {
    var (total, number, hasDigits) = (0, 0, false)
    for byte in octets {
      if EscapedText.isDigit(byte) {
        number = number * 10 + Int(byte - 0x30)
        hasDigits = true
      } else {
        guard hasDigits, let unit = units[byte.lowered] else { return nil }
        total += number * unit
        (number, hasDigits) = (0, false)
      }
      guard number <= secondsLimit, total <= secondsLimit else { return nil }
    }
    let isWhole = hasDigits || total > 0
    return isWhole && total + number <= secondsLimit ? total + number : nil
  }

  private static let units: [UInt8: Int] = [
    0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400, 0x77: 604_800,
  ]

  private static func bigEndian(_ number: Int, octets: Int) -> [UInt8] {
    (1...octets).map { UInt8(truncatingIfNeeded: number >> (8 * (octets - $0))) }
  }
}

extension RecordLayout.Field {
  /// As words that follow "expected".
  var words: String {
    switch self {
    case .address4: "an IPv4 address"
    case .address6: "an IPv6 address"
    case .name: "a name"
    case .number8: "a number up to 255"
    case .number16: "a number up to 65535"
    case .number32: "a number up to 4294967295"
    case .seconds: "a time in seconds or as 1w2d3h4m5s"
    case .string, .strings, .octets: "a string"
    case .hex: "hexadecimal digits"
    }
  }
}
