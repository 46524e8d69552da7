/// A date of a header field (RFC 5322 §3.3, §4.3), read leniently.
package struct HeaderDate: Hashable, Sendable {
  package let year: Int
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int
  /// Minutes east of Greenwich; 0 for `-0000` and for names that nobody knows.
  package let zoneMinutes: Int
  /// Whether it is written as RFC 5322 §3.3 wants, without obsolete forms.
  package let isStandard: Bool

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  /// RFC 5322 §4.3; military letters are all `-0000` there.
  private static let zones = [
    "ut": 0, "gmt": 0, "utc": 0, "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360,
    "mst": -420, "pdt": -420, "pst": -480, "jst": 540,
  ]
  /// Octets of a field that are looked at.
  private static let lengthLimit = 512

  /// Nil when day, month, year or time is missing or impossible.
  package init?(_ bytes: [UInt8]) {
    var words = Words(Array(bytes.prefix(Self.lengthLimit)))
    if !words.peek.first.map(Self.isDigit, default: false) { _ = words.next() }  // the day's name
    guard let day = words.number(), let month = Self.month(words.next()),
      let yearWord = Optional(words.next()), let year = Self.number(yearWord),
      let hour = words.number(), words.take(0x3A), let minute = words.number()
    else { return nil }
    let second = words.take(0x3A) ? words.number() : 0
    guard let second, (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second)
    else { return nil }
    self.day = day
    self.month = month
    // RFC 5322 §4.3: two digits below 50 are of this century, three digits count from 1900.
    self.year =
      yearWord.count > 3 ? year : year < 50 && yearWord.count == 2 ? year + 2000 : year + 1900
    self.hour = hour
    self.minute = minute
    self.second = second
    let zone = Self.zone(words.next(keepingSign: true))
    zoneMinutes = zone ?? 0
    isStandard = zone != nil && yearWord.count >= 4 && !words.hadComment
  }

  /// The moment meant.
  package var timestamp: Timestamp {
    let shiftedYear = month > 2 ? year : year - 1
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468  // days from 0000-03-01 to 1970-01-01
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - zoneMinutes * 60
    return Timestamp(microseconds: Int64(seconds) * 1_000_000)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func number(_ word: [UInt8]) -> Int? {
    (1...5).contains(word.count) && word.allSatisfy(isDigit)
      ? Int(String(decoding: word, as: UTF8.self)) : nil
  }

  private static func month(_ word: [UInt8]) -> Int? {
    let name = String(decoding: word.prefix(3).map(\.lowered), as: UTF8.self)
    return months.firstIndex(of: name).map { $0 + 1 }
  }

  /// `("+" / "-") 4DIGIT`, or a name.
  private static func zone(_ word: [UInt8]) -> Int? {
    guard let first = word.first else { return nil }
    if first == 0x2B || first == 0x2D {
      guard word.count == 5, let digits = number(Array(word.dropFirst())) else { return nil }
      let minutes = digits / 100 * 60 + digits % 100
      return first == 0x2D ? -minutes : minutes
    }
    if let digits = number(word), word.count == 4 { return digits / 100 * 60 + digits % 100 }
    return zones[String(decoding: word.map(\.lowered), as: UTF8.self)]
  }

  /// The words of a date: letters, digits, signs; commas, dots and hyphens between them are skipped.
  private struct Words {
    private var cursor: FieldCursor
    private(set) var hadComment = false

    init(_ bytes: [UInt8]) { cursor = FieldCursor(bytes, 0..<bytes.count) }

    private mutating func skip(_ separators: [UInt8]) {
      while true {
        cursor.skipBlanksAndComments()
        if cursor.lastComment != nil { hadComment = true }
        guard let byte = cursor.current, separators.contains(byte) else { return }
        cursor.at += 1
      }
    }

    var peek: [UInt8] {
      var copy = self
      return copy.next()
    }

    mutating func next(keepingSign: Bool = false) -> [UInt8] {
      skip(keepingSign ? [0x2C] : [0x2C, 0x2D, 0x2E, 0x2F])
      let start = cursor.at
      if keepingSign, let byte = cursor.current, byte == 0x2B || byte == 0x2D { cursor.at += 1 }
      let isNumber = cursor.current.map(HeaderDate.isDigit, default: false)
      _ = cursor.run { byte in
        isNumber
          ? !HeaderDate.isDigit(byte)
          : !(0x41...0x5A).contains(byte) && !(0x61...0x7A).contains(byte)
      }
      if cursor.at == start, !cursor.isAtEnd { cursor.at += 1 }
      return Array(cursor.bytes[start..<cursor.at])
    }

    mutating func number() -> Int? { HeaderDate.number(next()) }

    mutating func take(_ byte: UInt8) -> Bool {
      cursor.skipBlanksAndComments()
      return cursor.take(byte)
    }
  }
}

extension Optional {
  /// The transformed value, or `fallback`.
  fileprivate func map<Result>(_ transform: (Wrapped) -> Result, default fallback: Result) -> Result
  {
    self.map(transform) ?? fallback
  }
}
