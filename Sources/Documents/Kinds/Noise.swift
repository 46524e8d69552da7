/// Octets without any order, as ciphers make them.
enum Noise {
  /// Octets that are looked at: files of every kind have some order where they begin.
  private static let (least, most) = (128, 512)

  /// Whether no octet is more frequent where `octets` begin than chance makes it; once in some 3,000 times it makes
  /// one so. Of few octets nobody can say.
  static func reads(_ octets: [UInt8]) -> Bool {
    let start = octets.prefix(most)
    guard start.count >= least else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for octet in start { counts[Int(octet)] += 1 }
    return counts.allSatisfy { $0 <= 5 + start.count / 85 }
  }
}
