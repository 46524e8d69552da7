/// Virtual disks of Microsoft's: VHD (fixed and growing) and VHDX. What they hold becomes one artefact, a
/// disk.
enum VirtualDiskReader {
  /// The footer (or a copy in front): type 2 is a plain disk, 3 one of blocks, 4 one that needs another.
  static func readVHD(_ octets: [UInt8], _ opening: inout Opening) {
    let footer = octets.has("conectix", at: octets.count - 512) ? octets.count - 512 : 0
    guard opening.admits() else { return }
    switch octets.big(footer + 60, 4) {
    case 2: opening.take(Array(octets[..<max(0, octets.count - 512)]), name)
    case 3:
      guard let header = octets.big(footer + 16, 8), octets.has("cxsparse", at: header),
        let table = octets.big(header + 16, 8), table < octets.count,
        let count = octets.big(header + 28, 4),
        let size = octets.big(header + 32, 4), size >= 512, size <= 1 << 28
      else { return opening.note(.damaged) }
      let bitmap = (size / 512 / 8 + 511) / 512 * 512
      let limit = opening.allowance
      take(count, size, limit: limit, octets, &opening) { index in
        guard let entry = octets.big(table + 4 * index, 4) else { return nil }
        return entry == 0xFFFF_FFFF ? .some(nil) : entry * 512 + bitmap
      }
    default: opening.note(.formatUnknown)
    }
  }

  private static let name = ArtefactName("disk")

  /// Blocks one after the other; `place` says where one is, nil inside where it was never written, nil
  /// outside where the table ends.
  private static func take(
    _ count: Int, _ size: Int, limit: Int, _ octets: [UInt8], _ opening: inout Opening,
    _ place: (Int) -> Int??
  ) {
    var (disk, last): ([UInt8], Int) = ([], -1)
    let most = min(count, limit / size + 1)
    for index in 0..<most {
      guard let block = place(index) else { break }
      if block != nil { last = index }
    }
    let isCut =
      count > most
      && (most..<min(count, most + (1 << 20))).contains { place($0).flatMap { $0 } != nil }
    for index in 0..<max(0, last + 1) where disk.count < limit {
      let room = min(size, limit - disk.count)
      let part = place(index).flatMap { $0 }.map { octets.part($0, room) } ?? []
      disk += part
      disk += repeatElement(0, count: room - part.count)
    }
    opening.take(Unpacked(disk, isCut || (last + 1) * size > limit ? .limit : .whole), name)
  }

  // MARK: VHDX

  private static let blockTable: [UInt8] = [0x66, 0x77, 0xC2, 0x2D, 0x23, 0xF6, 0x00, 0x42]
  private static let metadata: [UInt8] = [0x06, 0xA2, 0x7C, 0x8B, 0x90, 0x47, 0x9A, 0x4B]
  private static let parameters: [UInt8] = [0x37, 0x67, 0xA1, 0xCA, 0x36, 0xFA, 0x43, 0x4D]
  private static let diskSize: [UInt8] = [0x24, 0x42, 0xA5, 0x2F, 0x1B, 0xCD, 0x76, 0x48]
  private static let sectorSize: [UInt8] = [0x1D, 0xBF, 0x41, 0x81, 0x6F, 0xA9, 0x09, 0x47]

  /// MS-VHDX: the region table leads to the block table and to metadata. A log that was not played back is
  /// not played back here either.
  static func readVHDX(_ octets: [UInt8], _ opening: inout Opening) {
    let regions = [0x30000, 0x40000].first { octets.has("regi", at: $0) } ?? 0x30000
    guard opening.admits(), let table = entry(octets, regions + 16, 32, blockTable, width: 8),
      table < octets.count,
      let facts = entry(octets, regions + 16, 32, metadata, width: 8),
      octets.has("metadata", at: facts),
      let size = item(octets, facts, parameters, 4), size >= 1 << 20, size <= 1 << 28,
      let whole = item(octets, facts, diskSize, 8)
    else { return opening.note(.damaged) }
    let sector = item(octets, facts, sectorSize, 4) ?? 512
    // Behind so many blocks stands one that says which sectors are written.
    let ratio = max(1, (sector << 23) / size)
    let count = min(whole / size + 1, 1 << 24)
    take(count, size, limit: opening.allowance, octets, &opening) { index in
      guard let entry = octets.little(table + 8 * (index + index / ratio), 8) else { return nil }
      return entry & 7 >= 6 ? (entry >> 20) << 20 : .some(nil)
    }
  }

  /// The number behind the identifier of an entry.
  private static func entry(
    _ octets: [UInt8], _ start: Int, _ step: Int, _ id: [UInt8], width: Int
  ) -> Int? {
    (0..<64).map { start + $0 * step }.first { octets.has(id, at: $0) }
      .flatMap { octets.little($0 + 16, width) }
  }

  private static func item(_ octets: [UInt8], _ facts: Int, _ id: [UInt8], _ width: Int) -> Int? {
    entry(octets, facts + 32, 32, id, width: 4).flatMap { octets.little(facts + $0, width) }
  }
}
