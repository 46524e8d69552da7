/// Opens workbooks of Excel 97 to 2003 that are encrypted record by record (MS-XLS §2.2.10): RC4, whose key
/// changes every 1,024 octets.
struct WorkbookCipher {
  private let cipher: OldOfficeCipher
  private static let block = 1024

  /// From the record FILEPASS.
  init?(_ record: [UInt8]) {
    guard record.little(0, 2) == 1, let cipher = OldOfficeCipher(Array(record.dropFirst(2))) else {
      return nil
    }
    self.cipher = cipher
  }

  /// The stream with its records plain, if one of the passwords fits.
  func open(_ stream: [UInt8], _ passwords: [String]) -> [UInt8]? {
    cipher.secret(passwords).map { plain(stream, $0) }
  }

  /// Records that stay as they are (§2.2.10): BOF, FILEPASS, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
  private static let open: Set<Int> = [0x809, 0x2F, 0x194, 0x195, 0xE1, 0x196, 0x138]

  /// The stream of keys runs over everything, headers and open records as well.
  private func plain(_ stream: [UInt8], _ secret: OldOfficeCipher.Secret) -> [UInt8] {
    var (plain, at) = (stream, 0)
    cipher.apply(secret, to: &plain, block: Self.block)
    while let type = stream.little(at, 2), let length = stream.little(at + 2, 2) {
      // The place in BOUNDSHEET is plain, and FILEPASS makes way for what is no record.
      let end = min(stream.count, at + 4 + length)
      let open = Self.open.contains(type) ? end : min(end, type == 0x85 ? at + 8 : at + 4)
      plain.replaceSubrange(at..<open, with: stream[at..<open])
      if type == 0x2F { (plain[at], plain[at + 1]) = (0xFF, 0xFF) }
      at += 4 + length
    }
    let rest = min(at, stream.count)
    plain.replaceSubrange(rest..., with: stream[rest...])
    return plain
  }
}
