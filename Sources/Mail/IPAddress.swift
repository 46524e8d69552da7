/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is always held as v4.
package enum IPAddress: Hashable, Sendable {
  /// Network byte order read as a number: 192.0.2.1 is 0xC0000201.
  case v4(UInt32)
  case v6(high: UInt64, low: UInt64)
}
