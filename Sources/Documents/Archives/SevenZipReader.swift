/// 7z archives: unpacked by libarchive, and decrypted for it where a password fits.
enum SevenZipReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let start = BuriedArchive.place(of: .sevenZip, in: octets) ?? 0
    let archive = start == 0 ? octets : Array(octets[start...])
    if SevenZipArchive.hasLostHeader(archive) { opening.note(.damaged, nil, "header") }
    opening.unlock(archive, SevenZipLock.open) {
      archive, unlocked, opening in
      LibraryReader.read(archive, .sevenZip, &opening, unlocked)
    }
  }
}
