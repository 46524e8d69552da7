/// The only source of chance in a run: SplitMix64, the same on every machine.
struct Chance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// From 0 up to, but not, `bound`.
  mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

  /// True `perMille` times of a thousand.
  mutating func happens(_ perMille: Int) -> Bool { perMille > 0 && below(1000) < perMille }

  /// A generator of its own, so that what one part draws does not shift another's.
  mutating func branch() -> Chance { Chance(seed: next()) }
}
