import CCharset

extension [UInt8] {
  /// Where `wanted` first stands from `start` on; nil when nowhere. Linear, whatever both are.
  package func firstPlace(of wanted: [UInt8], from start: Int = 0) -> Int? {
    guard !wanted.isEmpty, start >= 0, start + wanted.count <= count else { return nil }
    let found = withUnsafeBufferPointer { all in
      all.baseAddress.map { octets_find($0 + start, all.count - start, wanted, wanted.count) }
    }
    guard let found, found >= 0 else { return nil }
    return start + Int(found)
  }
}
