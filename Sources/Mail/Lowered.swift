extension UInt8 {
  /// ASCII lower case; every other octet as it is.
  @inlinable package var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
