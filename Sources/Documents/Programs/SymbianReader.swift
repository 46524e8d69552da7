/// Installers of Symbian phones (SIS, before version 9.1): a list of records, each of which names a file and
/// where it stands; files are packed by zlib unless an option says that none is.
enum SymbianReader {
  /// Where the header says what: counts, options, and the place of the list.
  private enum Header {
    static let languageCount = 0x12, fileCount = 0x14, options = 0x24, files = 0x34
    static let size = 0x40
  }

  /// What a record is; 3 and 4 are conditions of their own size, 5 and 6 end them.
  private enum Record {
    static let file = 0, fileByLanguage = 1, options = 2
    static let conditions = 3...4, endings = 5...6
  }

  /// Option: the files are not packed.
  private static let isPlain = 0x08
  /// UID 2 of files whose records say how long a file is unpacked (EPOC 6).
  private static let newer = 0x1000_3A12
  /// Languages, each of which may have its own file of one name.
  private static let languageLimit = 100

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard octets.little(8, 4) == 0x1000_0419, octets.count > Header.size,
      let languages = octets.little(Header.languageCount, 2),
      let count = octets.little(Header.fileCount, 2),
      let options = octets.little(Header.options, 2), var at = octets.little(Header.files, 4)
    else { return opening.note(.formatUnknown) }
    let reader = Reading(
      octets: octets, isNewer: octets.little(4, 4) == newer, isPacked: options & isPlain == 0,
      languages: min(languages, languageLimit))
    for _ in 0..<count {
      guard let next = reader.record(at, &opening) else { return opening.note(.damaged) }
      at = next
      guard opening.admits() else { return }
    }
  }

  private struct Reading {
    let octets: [UInt8]
    let isNewer: Bool
    let isPacked: Bool
    let languages: Int

    /// Where the next record begins; nil where nobody knows.
    func record(_ at: Int, _ opening: inout Opening) -> Int? {
      guard let type = octets.little(at, 4) else { return nil }
      switch type {
      case Record.file: return file(at, copies: 1, &opening)
      case Record.fileByLanguage: return file(at, copies: languages, &opening)
      case Record.options:
        // For each option and language a length and a place, then 16 octets of those chosen.
        return octets.little(at + 4, 4).map { at + 8 + 8 * min($0, 1000) * languages + 16 }
      case Record.conditions: return octets.little(at + 4, 4).map { at + 8 + $0 }
      case Record.endings: return at + 4
      default: return nil
      }
    }

    /// Type, two words of detail, source and destination (length and place each); then for each copy its
    /// length, for each its place, and in newer ones for each its length unpacked; then its media type.
    private func file(_ at: Int, copies: Int, _ opening: inout Opening) -> Int? {
      guard let length = octets.little(at + 20, 4), let place = octets.little(at + 24, 4) else {
        return nil
      }
      let path = octets.utf16Text(place..<(place + min(length, 1024)))
      let name = ArtefactName(path.split(separator: "\\").last.map { String($0) } ?? path)
      let (lengths, places) = (at + 28, at + 28 + 4 * copies)
      for copy in 0..<copies where opening.admits() {
        guard let length = octets.little(lengths + 4 * copy, 4),
          let start = octets.little(places + 4 * copy, 4)
        else { return nil }
        let range = (start..<(start + length)).clamped(to: 0..<octets.count)
        take(range, name, &opening)
      }
      return places + 4 * copies + (isNewer ? 4 * copies + 8 : 0)
    }

    private func take(_ range: Range<Int>, _ name: ArtefactName, _ opening: inout Opening) {
      guard isPacked else { return opening.take(octets.part(range.lowerBound, range.count), name) }
      opening.take(
        Inflate.unpack(octets, range, .zlib, limit: opening.allowance), name, at: range)
    }
  }
}
