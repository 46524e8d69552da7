import CCharset

// Searches in octets of strangers: linear, whatever both are.
extension [UInt8] {
  /// Where `wanted` first stands from `start` on; nil when nowhere.
  package func firstPlace(of wanted: [UInt8], from start: Int = 0) -> Int? {
    guard !wanted.isEmpty, start >= 0, start + wanted.count <= count else { return nil }
    let found = withUnsafeBufferPointer { all in
      all.baseAddress.map { octets_find($0 + start, all.count - start, wanted, wanted.count) }
    }
    guard let found, found >= 0 else { return nil }
    return start + Int(found)
  }

  /// Where `wanted` stands, at most `limit` times, without overlaps.
  package func places(of wanted: [UInt8], limit: Int = 100) -> [Int] {
    var found: [Int] = []
    var at = 0
    while found.count < limit, let place = firstPlace(of: wanted, from: at) {
      found.append(place)
      at = place + wanted.count
    }
    return found
  }
}
