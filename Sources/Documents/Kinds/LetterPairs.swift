/// Which pairs of octets a text has, so that most words that are looked for need not be: one whose pairs
/// are not all there can't be there.
struct LetterPairs {
  let octets: [UInt8]
  private var pairs = [UInt64](repeating: 0, count: 1024)

  init(_ octets: [UInt8]) {
    self.octets = octets
    octets.withUnsafeBufferPointer { text in
      pairs.withUnsafeMutableBufferPointer { pairs in
        var last = text.first ?? 0
        for octet in text.dropFirst() {
          let pair = Int(last) << 8 | Int(octet)
          pairs[pair >> 6] |= 1 << UInt64(pair & 63)
          last = octet
        }
      }
    }
  }

  /// Whether `word` stands in the octets from `start` on.
  func has(_ word: [UInt8], from start: Int = 0) -> Bool {
    mayHave(word) && octets.place(of: word, in: start..<octets.count) != nil
  }

  private func mayHave(_ word: [UInt8]) -> Bool {
    var at = 1
    while at < word.count {
      let pair = Int(word[at - 1]) << 8 | Int(word[at])
      if pairs[pair >> 6] & (1 << UInt64(pair & 63)) == 0 { return false }
      at += 1
    }
    return true
  }
}
