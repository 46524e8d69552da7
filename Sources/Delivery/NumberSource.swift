/// Random numbers from where `DeliveryParts` says.
struct NumberSource: RandomNumberGenerator {
  let random: @Sendable () -> UInt64

  mutating func next() -> UInt64 { random() }
}
