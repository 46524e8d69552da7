/// Files of a FAT volume, folder by folder.
enum FATReader {
  private static let folderLimit = 1000
  /// 65,536 entries of 32 octets are the most that a folder may have.
  private static let folderSize = 2 << 20

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard let volume = FATVolume(octets) else { return opening.note(.formatUnknown) }
    var open: [(content: [UInt8], path: String)] = [
      (
        volume.root.map { Array(octets[$0]) }
          ?? volume.content(from: volume.rootCluster, limit: folderSize), ""
      )
    ]
    var (seen, folders) = (Set<Int>(), 0)
    while let (folder, path) = open.popLast() {
      folders += 1
      guard folders <= folderLimit else { return opening.note(.limitCount) }
      for entry in entries(folder) {
        let name = path + entry.name
        if entry.isFolder {
          guard seen.insert(entry.start).inserted, name.utf8.count < 1000 else { continue }
          open.append((volume.content(from: entry.start, limit: folderSize), name + "/"))
          continue
        }
        guard opening.admits() else { return }
        take(entry, ArtefactName(name), volume, &opening)
      }
    }
  }

  private static func take(
    _ entry: Entry, _ name: ArtefactName, _ volume: FATVolume, _ opening: inout Opening
  ) {
    let limit = opening.allowance
    let content = volume.content(from: entry.start, limit: min(entry.size, limit))
    let isCut = content.count < min(entry.size, limit)
    opening.take(
      Unpacked(content, entry.size > limit ? .limit : isCut ? .damaged(.truncated) : .whole), name)
  }

  /// One file or folder.
  private struct Entry {
    let name: String
    let isFolder: Bool
    let start: Int
    let size: Int
  }

  /// 32 octets each; entries of attribute 0x0F before one carry its long name, last part first.
  private static func entries(_ folder: [UInt8]) -> [Entry] {
    var (found, long): ([Entry], String) = ([], "")
    for at in stride(from: 0, to: folder.count - 31, by: 32) {
      let (first, attributes) = (folder[at], folder[at + 11])
      if first == 0 { break }
      if attributes & 0x3F == 0x0F {
        let parts = [(1, 11), (14, 26), (28, 32)].map {
          folder.utf16Text((at + $0.0)..<(at + $0.1))
        }
        long = first == 0xE5 ? "" : parts.joined().filter { $0 != "\u{FFFF}" } + long
        continue
      }
      defer { long = "" }
      // Deleted, a label, or the folder itself.
      guard first != 0xE5, attributes & 0x08 == 0, first != 0x2E else { continue }
      let start = (folder.little(at + 20, 2) ?? 0) << 16 | (folder.little(at + 26, 2) ?? 0)
      found.append(
        Entry(
          name: long.isEmpty ? short(folder, at) : long, isFolder: attributes & 0x10 != 0,
          start: start,
          size: folder.little(at + 28, 4) ?? 0))
    }
    return found
  }

  private static func short(_ folder: [UInt8], _ at: Int) -> String {
    func text(_ range: Range<Int>) -> [UInt8] {
      var part = folder[range]
      while part.last == 0x20 { part.removeLast() }
      return Array(part)
    }
    let (name, suffix) = (text(at..<(at + 8)), text((at + 8)..<(at + 11)))
    return ArtefactName(suffix.isEmpty ? name : name + [0x2E] + suffix).text
  }
}
