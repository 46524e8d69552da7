/// A domain name as the DNS sees it: lower-case ASCII, IDN labels as `xn--`, no trailing dot.
///
/// Two spellings of one name (`EXAMPLE.jp`, `例え.jp` and its `xn--` form) are equal here, so nothing
/// that compares domains can be fooled by spelling.
package struct Domain: Hashable, Sendable {
  /// At most 253 bytes, labels of 1…63 (RFC 1035 §2.3.4).
  package let ascii: String
}
