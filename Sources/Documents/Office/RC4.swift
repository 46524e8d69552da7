/// RC4, as old formats have it.
struct RC4 {
  private var state = (0...255).map { UInt8($0) }
  private var (i, j): (UInt8, UInt8) = (0, 0)

  init(_ key: [UInt8]) {
    var place: UInt8 = 0
    for index in 0..<256 {
      place = place &+ state[index] &+ key[index % key.count]
      state.swapAt(index, Int(place))
    }
  }

  /// Encrypts or decrypts a part of `octets` in its place. The state is an octet's 256 values, so that no
  /// index can leave it; documents of many megabytes go through here.
  mutating func apply(to octets: inout [UInt8], in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= octets.count)
    var (i, j) = (i, j)
    state.withUnsafeMutableBufferPointer { state in
      octets.withUnsafeMutableBufferPointer { octets in
        for place in range {
          i = i &+ 1
          let first = state[Int(i)]
          j = j &+ first
          let second = state[Int(j)]
          (state[Int(i)], state[Int(j)]) = (second, first)
          octets[place] ^= state[Int(first &+ second)]
        }
      }
    }
    (self.i, self.j) = (i, j)
  }

  mutating func applied(to octets: [UInt8]) -> [UInt8] {
    var octets = octets
    apply(to: &octets, in: octets.indices)
    return octets
  }
}
