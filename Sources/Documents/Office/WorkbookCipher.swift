/// Opens workbooks of Excel 95 to 2003 that are encrypted record by record (MS-XLS §2.2.10): RC4, whose key
/// changes every 1,024 octets, or XOR.
struct WorkbookCipher {
  private enum Method {
    case rc4(OldOfficeCipher)
    case xor(Obfuscation)
  }

  private let method: Method
  private static let block = 1024
  private static let filePass = 0x2F

  /// From the record FILEPASS (§2.4.117). Excel 95's has the two numbers of XOR and nothing else.
  init?(_ record: [UInt8]) {
    let numbers = record.count == 4 ? record : Array(record.dropFirst(2))
    if record.count == 4 || record.little(0, 2) == 0 {
      guard let key = numbers.little(0, 2), let verifier = numbers.little(2, 2) else { return nil }
      method = .xor(Obfuscation(key: key, verifier: verifier))
    } else {
      guard record.little(0, 2) == 1, let cipher = OldOfficeCipher(numbers) else { return nil }
      method = .rc4(cipher)
    }
  }

  /// The stream with its records plain, if one of the passwords fits.
  func open(_ stream: [UInt8], _ passwords: [String]) -> [UInt8]? {
    switch method {
    case .rc4(let cipher):
      guard let secret = cipher.secret(passwords) else { return nil }
      // The stream of keys runs over everything, headers and open records as well.
      var whole = stream
      cipher.apply(secret, to: &whole, block: Self.block)
      return Self.plain(stream) { plain, hidden, _ in
        plain.replaceSubrange(hidden, with: whole[hidden])
      }
    case .xor(let obfuscation):
      return obfuscation.pads(passwords).lazy.map { pad in
        Self.plain(stream) { plain, hidden, size in
          for place in hidden {
            plain[place] = Obfuscation.sheet(plain[place], pad, place: place, recordSize: size)
          }
        }
      }.first(where: WorkbookStream.isPlausible)
    }
  }

  /// Records that stay as they are (§2.2.10): BOF, FILEPASS, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
  private static let open: Set<Int> = [0x809, filePass, 0x194, 0x195, 0xE1, 0x196, 0x138]

  /// Has `reveal` open, in a copy, the hidden octets of each record behind FILEPASS.
  private static func plain(
    _ stream: [UInt8],
    _ reveal: (_ plain: inout [UInt8], _ hidden: Range<Int>, _ recordSize: Int) -> Void
  ) -> [UInt8] {
    var (plain, at, isHidden) = (stream, 0, false)
    while let type = stream.little(at, 2), let length = stream.little(at + 2, 2) {
      let end = min(stream.count, at + 4 + length)
      if type == filePass {
        // It makes way for what is no record.
        (plain[at], plain[at + 1], isHidden) = (0xFF, 0xFF, true)
      } else if isHidden, !open.contains(type) {
        // The place in BOUNDSHEET is plain.
        reveal(&plain, min(end, type == 0x85 ? at + 8 : at + 4)..<end, length)
      }
      at += 4 + length
    }
    return plain
  }
}
