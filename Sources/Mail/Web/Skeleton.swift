import CCharset

/// What texts that look alike have in common (UTS #39 §4): `раураl` in Cyrillic and `paypal` have one
/// skeleton. Only for comparing, never for showing.
package enum Skeleton {
  /// Octets of a text that is compared: names and subjects are shorter.
  package static let sizeLimit = 4096

  /// Nil for a text beyond the limit.
  package static func of(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count <= sizeLimit else { return nil }
    // One character becomes at most eighteen (U+FDFA).
    var output = [UInt8](repeating: 0, count: 18 * bytes.count + 64)
    let count = Int(name_skeleton(bytes, bytes.count, &output, output.count))
    guard (0...output.count).contains(count) else { return nil }
    return String(decoding: output.prefix(count), as: UTF8.self)
  }
}
