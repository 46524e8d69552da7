/// The identifiers of a Message-ID, In-Reply-To or References field (RFC 5322 §3.6.4), without their
/// angle brackets; white space within is kept, since whoever compares must see the same octets.
package enum MessageIDs {
  /// Identifiers read from one field.
  static let limit = 1000

  /// Words without brackets count only when no bracketed one is there.
  package static func all(in value: [UInt8]) -> [String] {
    var cursor = FieldCursor(value, 0..<value.count)
    var bracketed: [String] = []
    var bare: [String] = []
    while bracketed.count + bare.count < limit {
      cursor.skipBlanksAndComments()
      guard !cursor.isAtEnd else { break }
      if cursor.take(0x3C) {
        let inner = cursor.run { $0 == 0x3E }
        _ = cursor.take(0x3E)
        let text = value[value.trimmed(inner)].filter { $0 != 0x0D && $0 != 0x0A }
        if !text.isEmpty { bracketed.append(TextGuess.text(text)) }
      } else {
        let word = cursor.run { $0.isBlank || $0 == 0x3C || $0 == 0x28 }
        bare.append(TextGuess.text(Array(value[word])))
      }
    }
    return bracketed.isEmpty ? bare : bracketed
  }
}
