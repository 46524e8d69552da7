import Glibc

// Searches in octets of strangers. The wanted words are ours and short, so comparing at each place of
// their first octet costs at most their length for each octet searched.
extension [UInt8] {
  /// Where `wanted` stands, at most `limit` times, without overlaps.
  func places(of wanted: [UInt8], limit: Int = 100) -> [Int] {
    guard let first = wanted.first, count >= wanted.count else { return [] }
    return withUnsafeBytes { all in
      wanted.withUnsafeBytes { word in
        var found: [Int] = []
        guard let base = all.baseAddress, let text = word.baseAddress else { return found }
        var at = 0
        let last = all.count - word.count
        while found.count < limit, at <= last,
          let place = memchr(base + at, CInt(first), last - at + 1)
        {
          let start = UnsafeRawPointer(place) - base
          let isThere = memcmp(place, text, word.count) == 0
          if isThere { found.append(start) }
          at = start + (isThere ? word.count : 1)
        }
        return found
      }
    }
  }
}
