/// Compiled help (CHM): a directory of names, and one compressed section. LZX is unpacked by libarchive,
/// for which each run of frames between two resets becomes a cabinet of its own.
enum HelpReader {
  /// One file within.
  private struct File {
    let name: [UInt8]
    let section: Int
    let offset: Int
    let size: Int
  }

  private static let fileLimit = 10_000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard let directory = octets.little(0x48, 8), octets.has("ITSP", at: directory),
      let header = octets.little(directory + 8, 4), let chunk = octets.little(directory + 16, 4),
      let chunks = octets.little(directory + 44, 4), (64...65_536).contains(chunk)
    else { return opening.note(.damaged) }
    let version = octets.little(4, 4) ?? 3
    let content = version >= 3 ? octets.little(0x58, 8) : nil
    let base = min(octets.count, content ?? directory + header + chunks * chunk)
    let files = files(octets, directory + header, chunk, chunks)
    if files.count == fileLimit { opening.note(.limitCount) }
    let section = section(octets, files, base, limit: opening.allowance)
    for file in files where file.size > 0 {
      // `::DataSpace` is the help's own.
      guard file.name.first == 0x2F, opening.admits() else { continue }
      let name = ArtefactName(Array(file.name.dropFirst()))
      guard file.section != 0 else {
        opening.take(octets.part(base + file.offset, min(file.size, opening.allowance)), name)
        continue
      }
      let part = section?.part(file.offset, min(file.size, opening.allowance)) ?? []
      opening.take(Unpacked(part, part.count < file.size ? .damaged(.damaged) : .whole), name)
    }
  }

  /// Chunks marked `PMGL`: length of the name, name, section, offset, size, in numbers of 7 bits an octet.
  private static func files(_ octets: [UInt8], _ start: Int, _ size: Int, _ count: Int) -> [File] {
    var files: [File] = []
    for index in 0..<min(count, octets.count / size + 1) {
      let chunk = start + index * size
      guard octets.has("PMGL", at: chunk), let free = octets.little(chunk + 4, 4) else { continue }
      var at = chunk + 20
      let end = min(octets.count, chunk + size - min(free, size))
      while at < end, files.count < fileLimit {
        guard let length = number(octets, &at), length <= end - at else { break }
        let name = octets.part(at, length)
        at += length
        guard let section = number(octets, &at), let offset = number(octets, &at),
          let size = number(octets, &at)
        else { break }
        files.append(File(name: name, section: section, offset: offset, size: size))
      }
    }
    return files
  }

  private static func number(_ octets: [UInt8], _ at: inout Int) -> Int? {
    var value = 0
    for _ in 0..<5 {
      guard at < octets.count else { return nil }
      value = (value << 7) | Int(octets[at] & 0x7F)
      at += 1
      if octets[at - 1] & 0x80 == 0 { return value }
    }
    return nil
  }

  // MARK: The compressed section

  private static let frame = 32_768

  private static func section(
    _ octets: [UInt8], _ files: [File], _ base: Int, limit: Int
  ) -> [UInt8]? {
    func place(_ suffix: String) -> Int? {
      let file = files.first {
        $0.section == 0 && $0.name.starts(with: Array("::DataSpace/Storage/MSCompressed/".utf8))
          && $0.name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
      }
      return file.map { base + $0.offset }
    }
    guard let control = place("/ControlData"), let content = place("/Content"),
      let table = place("/ResetTable"), octets.has("LZXC", at: control + 4),
      let version = octets.little(control + 8, 4), let interval = octets.little(control + 12, 4),
      let window = octets.little(control + 16, 4), let count = octets.little(table + 4, 4),
      let entries = octets.little(table + 12, 4), let whole = octets.little(table + 16, 8),
      let packed = octets.little(table + 24, 8)
    else { return nil }
    // In version 2 both are counted in frames.
    let step = max(1, min(64, version == 2 ? interval : interval / frame))
    let windowSize = version == 2 ? window * frame : window
    var section: [UInt8] = []
    let places = (0..<min(count, 1 << 16)).compactMap { octets.little(table + entries + 8 * $0, 8) }
      .map { min($0, octets.count) }
    for first in stride(from: 0, to: places.count, by: step) {
      guard section.count < limit else { break }
      let run = (first..<min(places.count, first + step)).map { index in
        let start = content + places[index]
        let next = index + 1 < places.count ? places[index + 1] : min(packed, octets.count)
        return start..<max(start, content + next)
      }
      let size = min(run.count * frame, whole - first * frame)
      guard size > 0, let cabinet = cabinet(octets, run, size: size, window: windowSize) else {
        break
      }
      let unpacked = LibraryReader.firstEntry(cabinet, .cabinet, limit: size)
      section += unpacked.octets
      guard unpacked.octets.count == size else { break }
    }
    return section
  }

  /// A cabinet of one file whose data blocks are these frames.
  private static func cabinet(
    _ octets: [UInt8], _ frames: [Range<Int>], size: Int, window: Int
  ) -> [UInt8]? {
    let little = [UInt8].little as (Int, Int) -> [UInt8]
    guard
      frames.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= octets.count && $0.count < 65_535 }
      ),
      window.nonzeroBitCount == 1, (15...21).contains(window.trailingZeroBitCount)
    else { return nil }
    var (data, left): ([UInt8], Int) = ([], size)
    for range in frames {
      data += little(0, 4) + little(range.count, 2) + little(min(left, frame), 2) + octets[range]
      left -= min(left, frame)
    }
    let file = little(size, 4) + little(0, 4) + little(0, 2) + little(0, 6) + [0x61, 0]
    let start = 36 + 8 + file.count
    let header =
      Array("MSCF".utf8) + little(0, 4) + little(start + data.count, 4) + little(0, 4)
      + little(44, 4) + little(0, 4) + [3, 1] + little(1, 2) + little(1, 2) + little(0, 2)
      + little(0, 4)
    let folder =
      little(start, 4) + little(frames.count, 2) + little(window.trailingZeroBitCount << 8 | 3, 2)
    return header + folder + file + data
  }
}
