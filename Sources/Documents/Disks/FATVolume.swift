/// A FAT file system (ECMA-107), as disk images have it.
enum FATVolume {
  static func isVolume(_ octets: [UInt8], at start: Int) -> Bool {
    guard octets.has([0x55, 0xAA], at: start + 510), let sector = octets.little(start + 11, 2),
      [512, 1024, 2048, 4096].contains(sector), let cluster = octets.little(start + 13, 1),
      cluster.nonzeroBitCount == 1, let tables = octets.little(start + 16, 1), (1...2).contains(tables)
    else { return false }
    return octets.little(start, 1) == 0xEB || octets.little(start, 1) == 0xE9
  }
}
