import Documents
import Testing

/// Disks, built sector by sector.
struct DiskTests {
  /// FAT12: boot sector, one table, one sector of root, data; a file of one cluster with a long name.
  private static let volume: [UInt8] = {
    var boot = [UInt8](repeating: 0, count: 512)
    boot[0] = 0xEB
    for (place, value, width) in [
      (11, 512, 2), (13, 1, 1), (14, 1, 2), (16, 1, 1), (17, 16, 2), (19, 100, 2), (22, 1, 2),
    ] {
      boot.replaceSubrange(place..<(place + width), with: ZipBuilder.little(value, width))
    }
    (boot[510], boot[511]) = (0x55, 0xAA)
    var table = [UInt8](repeating: 0, count: 512)
    // Clusters 0, 1 and 2: two marks, and an end.
    table.replaceSubrange(0..<5, with: [0xF8, 0xFF, 0xFF, 0xFF, 0x0F])
    let name = Array("請求書.sh".utf16) + [0]
    var long = [UInt8](repeating: 0xFF, count: 32)
    (long[0], long[11], long[12]) = (0x41, 0x0F, 0)
    for (index, unit) in name.enumerated() {
      let place = index < 5 ? 1 + 2 * index : 14 + 2 * (index - 5)
      (long[place], long[place + 1]) = (UInt8(unit & 0xFF), UInt8(unit >> 8))
    }
    var short = Array("RUN~1   SH ".utf8) + [0x20] + [UInt8](repeating: 0, count: 14)
    short += ZipBuilder.little(2, 2) + ZipBuilder.little(program.count, 4)
    let root = long + short + [UInt8](repeating: 0, count: 512 - 64)
    return boot + table + root + program + [UInt8](repeating: 0, count: 97 * 512 - program.count)
  }()

  private static let disk: [UInt8] = {
    var boot = [UInt8](repeating: 0, count: 512)
    boot.replaceSubrange(
      446..<462,
      with: [0x80, 0, 0, 0, 1, 0, 0, 0] + ZipBuilder.little(1, 4) + ZipBuilder.little(100, 4))
    (boot[510], boot[511]) = (0x55, 0xAA)
    return boot + volume
  }()

  private static func big(_ value: Int, _ width: Int) -> [UInt8] {
    ZipBuilder.little(value, width).reversed()
  }

  private static func footer(_ type: Int, header: Int) -> [UInt8] {
    var footer = Array("conectix".utf8) + [UInt8](repeating: 0, count: 504)
    footer.replaceSubrange(16..<24, with: big(header, 8))
    footer.replaceSubrange(60..<64, with: big(type, 4))
    return footer
  }

  private func read(_ octets: [UInt8], _ name: String) -> [String] {
    DocumentReader().read(octets, name: ArtefactName(name)).programs
  }

  @Test func `a file of a FAT volume is read by its long name`() {
    #expect(read(Self.volume, "a.img") == ["a.img/請求書.sh"])
  }

  @Test func `a volume in a partition is read, and the partition in a virtual disk`() {
    #expect(read(Self.disk, "a.img") == ["a.img/partition 1/請求書.sh"])
    #expect(
      read(Self.disk + Self.footer(2, header: 0), "a.vhd") == ["a.vhd/disk/partition 1/請求書.sh"])
  }

  @Test func `a virtual disk that grows is put together`() {
    let size = 1 << 16
    let blocks = Self.disk + [UInt8](repeating: 0, count: size - Self.disk.count % size)
    let count = blocks.count / size
    var header = Array("cxsparse".utf8) + [UInt8](repeating: 0, count: 1016)
    header.replaceSubrange(16..<24, with: Self.big(1536, 8))
    header.replaceSubrange(28..<32, with: Self.big(count + 5, 4))
    header.replaceSubrange(32..<36, with: Self.big(size, 4))
    var table = [UInt8](repeating: 0xFF, count: 512)
    for index in 0..<count {
      table.replaceSubrange(
        (4 * index)..<(4 * index + 4), with: Self.big(4 + index * (size / 512 + 1), 4))
    }
    var disk = Self.footer(3, header: 512) + header + table
    for index in 0..<count {
      disk += [UInt8](repeating: 0xFF, count: 512) + blocks[(index * size)..<((index + 1) * size)]
    }
    #expect(read(disk + Self.footer(3, header: 512), "a.vhd") == ["a.vhd/disk/partition 1/請求書.sh"])
  }

  @Test func `a chain that loops ends`() {
    var volume = Self.volume
    // The cluster after 2 is 2, and the file is longer than the volume.
    (volume[515], volume[516]) = (0x02, 0x00)
    volume.replaceSubrange((1024 + 32 + 28)..<(1024 + 32 + 32), with: [0xFF, 0xFF, 0xFF, 0x0F])
    let found = DocumentReader().read(volume)
    #expect(found.isIncomplete)
    #expect(found.all.count < 10)
  }
}
