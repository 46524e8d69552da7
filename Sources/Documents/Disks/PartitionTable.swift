/// Where the partitions of a disk image are: by the boot sector's table, or by the GUID table (UEFI §5.3).
enum PartitionTable {
  private static let sector = 512
  /// A table has 128 as a rule; a partition more is a range of octets and costs little.
  private static let entryLimit = 4096

  static func partitions(of octets: [UInt8]) -> [Range<Int>] {
    let table = guidTable(octets)
    return table.isEmpty ? bootTable(octets) : table
  }

  private static func bootTable(_ octets: [UInt8]) -> [Range<Int>] {
    (0..<4).compactMap { index in
      let entry = 446 + 16 * index
      guard let status = octets.little(entry, 1), status == 0 || status == 0x80,
        let type = octets.little(entry + 4, 1), type != 0, let start = octets.little(entry + 8, 4),
        let count = octets.little(entry + 12, 4), count > 0
      else { return nil }
      return range(start, count, octets)
    }
  }

  private static func guidTable(_ octets: [UInt8]) -> [Range<Int>] {
    guard octets.has("EFI PART", at: sector), let table = octets.little(sector + 72, 8),
      let count = octets.little(sector + 80, 4), let size = octets.little(sector + 84, 4),
      size >= 128,
      size < 4096, table < octets.count
    else { return [] }
    return (0..<min(count, entryLimit)).compactMap { index in
      let entry = table * sector + index * size
      guard let start = octets.little(entry + 32, 8), let end = octets.little(entry + 40, 8),
        start > 0,
        end >= start
      else { return nil }
      return range(start, end - start + 1, octets)
    }
  }

  private static func range(_ start: Int, _ count: Int, _ octets: [UInt8]) -> Range<Int>? {
    guard start > 0, start < octets.count / sector else { return nil }
    let sectors = min(count, octets.count / sector)
    return (start * sector)..<min(octets.count, (start + sectors) * sector)
  }

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    for (index, range) in partitions(of: octets).enumerated() where opening.admits(range) {
      opening.note(.volume, "\(range.lowerBound)")
      opening.take(Array(octets[range]), ArtefactName("partition \(index + 1)"))
    }
  }
}
