/// A FAT file system (ECMA-107 and Microsoft's FAT32): where its table, root and clusters are.
struct FATVolume {
  let octets: [UInt8]
  let clusterSize: Int
  /// Of the table, in octets.
  private let table: Int
  /// Of cluster 2.
  private let firstCluster: Int
  let clusters: Int
  /// The fixed root of FAT12 and 16.
  let root: Range<Int>?
  let rootCluster: Int

  static func isVolume(_ octets: [UInt8], at start: Int) -> Bool {
    guard octets.has([0x55, 0xAA], at: start + 510), let sector = octets.little(start + 11, 2),
      [512, 1024, 2048, 4096].contains(sector), let cluster = octets.little(start + 13, 1),
      cluster.nonzeroBitCount == 1, let tables = octets.little(start + 16, 1),
      (1...2).contains(tables)
    else { return false }
    return octets.little(start, 1) == 0xEB || octets.little(start, 1) == 0xE9
  }

  init?(_ octets: [UInt8]) {
    guard Self.isVolume(octets, at: 0), let sector = octets.little(11, 2),
      let cluster = octets.little(13, 1),
      let reserved = octets.little(14, 2), let tables = octets.little(16, 1),
      let entries = octets.little(17, 2),
      let small = octets.little(19, 2), let size16 = octets.little(22, 2),
      let large = octets.little(32, 4),
      let size32 = octets.little(36, 4)
    else { return nil }
    self.octets = octets
    clusterSize = sector * cluster
    table = reserved * sector
    let tableSize = (size16 == 0 ? size32 : size16) * sector
    let rootStart = table + tables * tableSize
    firstCluster = rootStart + (entries * 32 + sector - 1) / sector * sector
    let total = min((small == 0 ? large : small) * sector, octets.count)
    guard firstCluster < octets.count, firstCluster < total || total == 0 else { return nil }
    clusters = max(0, total - firstCluster) / clusterSize
    root = size16 == 0 ? nil : rootStart..<min(octets.count, firstCluster)
    rootCluster = size16 == 0 ? octets.little(44, 4) ?? 2 : 0
  }

  /// The octets of a chain of clusters, up to `limit`; a chain that loops ends with the volume.
  func content(from start: Int, limit: Int) -> [UInt8] {
    var (content, number, steps): ([UInt8], Int, Int) = ([], start, 0)
    while number >= 2, content.count < limit, steps <= clusters {
      let place = firstCluster + (number - 2) * clusterSize
      guard place < octets.count else { break }
      content += octets.part(place, min(clusterSize, limit - content.count))
      number = next(number)
      steps += 1
    }
    return content
  }

  /// FAT12 below 4,085 clusters, FAT16 below 65,525 (the rule of Microsoft's paper).
  private func next(_ number: Int) -> Int {
    if root == nil {
      return end(octets.little(table + 4 * number, 4).map { $0 & 0x0FFF_FFFF }, 0x0FFF_FFF7)
    }
    if clusters >= 4085 { return end(octets.little(table + 2 * number, 2), 0xFFF7) }
    let pair = octets.little(table + number + number / 2, 2) ?? 0xFFFF
    return end(number % 2 == 0 ? pair & 0xFFF : pair >> 4, 0xFF7)
  }

  private func end(_ number: Int?, _ last: Int) -> Int {
    guard let number, number < last else { return 0 }
    return number
  }
}
