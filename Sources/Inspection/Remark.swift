/// What a check may find: its stable name, kind, weight and words, kept as data beside the check.
package struct Remark: Sendable {
  package let rule: String
  package let kind: FindingKind
  package let weight: Double
  package let sentence: Sentence

  package init(_ rule: String, _ kind: FindingKind, _ weight: Double, ja: String, en: String) {
    self.rule = rule
    self.kind = kind
    self.weight = weight
    sentence = Sentence(ja: ja, en: en)
  }

  /// The remark about one place. `{}` in the sentences becomes the evidence.
  package func finding(
    _ evidence: String = "", at place: Range<Int>? = nil, path: String? = nil,
    weight: Double? = nil
  ) -> Finding {
    let shown = Finding.printable(evidence, limit: Finding.evidenceLimit)
    return Finding(
      rule, kind, weight: weight ?? self.weight, evidence: shown, place: place, path: path,
      Sentence(ja: Self.filled(sentence.ja, shown), en: Self.filled(sentence.en, shown)))
  }

  private static func filled(_ words: String, _ evidence: String) -> String {
    guard let gap = words.firstRange(of: "{}") else { return words }
    return words.replacingCharacters(gap, with: evidence)
  }
}

extension String {
  /// The place of `word` by its octets.
  fileprivate func firstRange(of word: String) -> Range<String.Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(word) {
        return at..<index(at, offsetBy: word.count)
      }
      at = index(after: at)
    }
    return nil
  }

  fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
