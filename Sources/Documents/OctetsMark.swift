/// Octets known again by their number and a sum that nobody outside can foresee.
struct OctetsMark: Hashable {
  private let count: Int
  private let sum: Int

  init(_ octets: [UInt8]) {
    count = octets.count
    var hasher = Hasher()
    // All at once: an array's own hashing goes octet by octet.
    octets.withUnsafeBytes { hasher.combine(bytes: $0) }
    sum = hasher.finalize()
  }
}
