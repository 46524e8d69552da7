/// RAR archives: unpacked by libarchive, and decrypted for it where a password fits. What is encrypted else, and
/// the streams that Windows hides behind a file, and what goes on in another volume, the headers say.
enum RarReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let archive = BuriedArchive.place(of: .rar, in: octets).map { Array(octets[$0...]) } ?? octets
    let isFive = LibraryFormat(.rar, archive) == .rar5
    opening.unlock(archive, isFive ? RarFiveLock.open : RarFourLock.open) {
      archive, unlocked, opening in
      read(archive, unlocked, &opening)
    }
  }

  private static func read(
    _ archive: [UInt8], _ unlocked: Unlocked?, _ opening: inout Opening
  ) {
    let headers = RarHeaders(archive)
    guard !headers.areEncrypted else {
      opening.note(.encrypted)
      return opening.note(.namesHidden)
    }
    if let format = LibraryFormat(.rar, archive) {
      LibraryReader.read(archive, format, &opening, unlocked)
    }
    if let defect = headers.defect, !opening.hasDefect(defect) {
      opening.note(defect, nil, "header")
    }
    let listed = Set(opening.children.filter { $0.has(.encrypted) }.map(\.name))
    for entry in headers.entries {
      guard opening.admits() else { return }
      // The library passes over what begins elsewhere without a word.
      if entry.isSplit, !opening.hasDefect(.truncated) {
        opening.note(.truncated, nil, entry.name.shown)
      }
      if entry.isEncrypted {
        opening.note(.encrypted)
        guard !listed.contains(entry.name) else { continue }
        opening.list(entry.name, size: entry.size, facts: [ArtefactFact(.encrypted)])
      } else if entry.isStream {
        // Written beside the file that it belongs to, wherever its name leads.
        opening.list(
          entry.name, size: entry.size, defects: [DocumentDefect(.methodUnknown, nil, "stream")])
        opening.note(.methodUnknown, nil, entry.name.shown)
      }
    }
  }
}
