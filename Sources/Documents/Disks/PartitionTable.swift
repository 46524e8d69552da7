/// Where the partitions of a disk image are.
enum PartitionTable {
  static func partitions(of octets: [UInt8]) -> [Range<Int>] {
    (0..<4).compactMap { index in
      let entry = 446 + 16 * index
      guard let status = octets.little(entry, 1), status == 0 || status == 0x80,
        let type = octets.little(entry + 4, 1), type != 0, let start = octets.little(entry + 8, 4),
        let count = octets.little(entry + 12, 4), start > 0, count > 0, start * 512 < octets.count
      else { return nil }
      return (start * 512)..<min(octets.count, (start + count) * 512)
    }
  }
}
