import Mail

/// Kinds whose fixed octets are few or far away: they are believed only where the structure fits.
enum Structure {
  static func kinds(of octets: [UInt8]) -> [ArtefactKind] {
    [
      executable, java, icon, riff, media, bitmap, zip, gzip, bzip2, lzma, compress, tar, arj, lha,
      disk, udf, dmg, pdf, rtf, oldCompound, flash, signature, fileTable,
    ].compactMap { $0(octets) }
  }

  /// `MZ`, and at 0x3C the place of `PE\0\0`; without it a DOS program, which is old but runs.
  private static func executable(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has("MZ", at: 0) || octets.has("ZM", at: 0) else { return nil }
    if let header = octets.little(0x3C, 4) {
      if octets.has("PE\0\0", at: header) { return .portableExecutable }
      if octets.has("NE", at: header) || octets.has("LE", at: header)
        || octets.has("LX", at: header)
      {
        return .portableExecutable
      }
    }
    guard octets.count >= 28, let pages = octets.little(4, 2), let paragraphs = octets.little(8, 2)
    else { return nil }
    return pages > 0 && paragraphs > 0 && paragraphs * 16 <= octets.count ? .dosExecutable : nil
  }

  /// 0xCAFEBABE begins a Java class (version 45 and up) and a universal Mach-O file (a count of a few).
  private static func java(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has([0xCA, 0xFE, 0xBA, 0xBE], at: 0), let word = octets.big(4, 4) else {
      return nil
    }
    return word < 0x2D ? .machO : .javaClass
  }

  private static func icon(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has([0, 0, 1, 0], at: 0) || octets.has([0, 0, 2, 0], at: 0),
      let count = octets.little(4, 2), (1...256).contains(count), octets.count >= 6 + 16 * count
    else { return nil }
    return .icon
  }

  private static func riff(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has("RIFF", at: 0) else { return nil }
    if octets.has("WEBP", at: 8) { return .webP }
    if octets.has("ACON", at: 8) { return .icon }
    return octets.has("WAVE", at: 8) ? .audio : .video
  }

  /// ISO base media: `ftyp` and a brand. MP3: eleven bits set, then a layer, bit rate and frequency.
  private static func media(_ octets: [UInt8]) -> ArtefactKind? {
    if octets.has("ftyp", at: 4) {
      let isImage = ["heic", "heix", "mif1", "avif", "msf1"].contains {
        octets.has(Array($0.utf8), at: 8)
      }
      return isImage ? .heif : .video
    }
    guard octets.count > 128, octets[0] == 0xFF, octets[1] & 0xE6 == 0xE2,
      octets[2] & 0xF0 != 0xF0, octets[2] & 0x0C != 0x0C
    else { return nil }
    return .audio
  }

  private static func bitmap(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has("BM", at: 0), octets.little(6, 4) == 0, let start = octets.little(10, 4),
      start >= 26, start <= octets.count
    else { return nil }
    return .bmp
  }

  /// At the beginning, or by the end of its directory near the end: a zip may stand behind anything.
  private static func zip(_ octets: [UInt8]) -> ArtefactKind? {
    if octets.has("PK\u{3}\u{4}", at: 0) || octets.has("PK\u{5}\u{6}", at: 0)
      || octets.has("PK00PK\u{3}\u{4}", at: 0) || octets.has("PK\u{7}\u{8}PK\u{3}\u{4}", at: 0)
    {
      return .zip
    }
    return ZipDirectoryEnd.all(in: octets).isEmpty ? nil : .zip
  }

  /// RFC 1952 §2.3: method 8, reserved flags clear.
  private static func gzip(_ octets: [UInt8]) -> ArtefactKind? {
    octets.has([0x1F, 0x8B, 0x08], at: 0) && octets.count > 10 && octets[3] & 0xE0 == 0
      ? .gzip : nil
  }

  private static func bzip2(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has("BZh", at: 0), octets.count >= 14, (0x31...0x39).contains(octets[3]) else {
      return nil
    }
    let isBlock = octets.has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4)
    let isEnd = octets.has([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4)
    return isBlock || isEnd ? .bzip2 : nil
  }

  /// LZMA alone has no magic: usual properties, a dictionary that is a power of two or three halves of
  /// one, a size that is unknown or sane, and a first octet of data that is always zero.
  private static func lzma(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.count >= 18, octets[0] == 0x5D, octets[13] == 0,
      let dictionary = octets.little(1, 4), dictionary >= 1 << 12
    else { return nil }
    let isPower = dictionary.nonzeroBitCount <= 2
    let isUnknown = octets[5..<13].allSatisfy { $0 == 0xFF }
    let isSane = (octets.little(5, 8)).map { $0 < 1 << 38 } ?? false
    return isPower && (isUnknown || isSane) ? .lzma : nil
  }

  private static func compress(_ octets: [UInt8]) -> ArtefactKind? {
    octets.has([0x1F, 0x9D], at: 0) && octets.count > 3 && (9...16).contains(octets[2] & 0x1F)
      ? .compress : nil
  }

  /// POSIX says `ustar`; before that only the checksum of the header tells.
  private static func tar(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.count >= 512 else { return nil }
    if octets.has("ustar", at: 257) { return .tar }
    guard octets[0] != 0, let told = octal(octets[148..<156]) else { return nil }
    var sum = 8 * 0x20
    for place in 0..<512 where !(148..<156).contains(place) { sum += Int(octets[place]) }
    return sum == told ? .tar : nil
  }

  private static func octal(_ text: ArraySlice<UInt8>) -> Int? {
    let digits = text.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 << 3 | Int($1 & 7) }
  }

  private static func arj(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has([0x60, 0xEA], at: 0), let size = octets.little(2, 2),
      (30...2600).contains(size),
      octets.little(4, 1).map({ (30...64).contains($0) }) == true
    else { return nil }
    return .arj
  }

  /// `-lh5-` and its like at 2.
  private static func lha(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.count > 24, octets[2] == 0x2D, octets[6] == 0x2D, octets[3].lowered == 0x6C,
      octets[4] == 0x68 || octets[4] == 0x7A, octets[5].isWord || octets[5] == 0x2D
    else { return nil }
    return octets[20] <= 3 ? .lha : nil
  }

  /// Volume descriptors stand 16 blocks in; a raw image of a CD has 2,352 octets a block.
  private static func disk(_ octets: [UInt8]) -> ArtefactKind? {
    if octets.has("CD001", at: 0x8001) || octets.has("CD001", at: 16 * 2352 + 17)
      || octets.has("CD001", at: 16 * 2352 + 25)
    {
      return .iso9660
    }
    if octets.count >= 1024,
      octets.has("conectix", at: 0) || octets.has("conectix", at: octets.count - 512)
    {
      return .vhd
    }
    return octets.has("EFI PART", at: 512) || octets.has("EFI PART", at: 4096) ? .diskImage : nil
  }

  /// A descriptor NSR02 or NSR03 among the first of the volume (ECMA-167 2/9.1), often beside ISO 9660's.
  private static func udf(_ octets: [UInt8]) -> ArtefactKind? {
    (16..<64).contains { octets.has("NSR0", at: $0 * 2048 + 1) } ? .udf : nil
  }

  /// A boot sector's last two octets, and before them either a file system's parameters or partitions.
  private static func fileTable(_ octets: [UInt8]) -> ArtefactKind? {
    // Of a fixed VHD this is the disk's, which comes out of it.
    guard octets.count >= 1024, octets.has([0x55, 0xAA], at: 510),
      !octets.has("conectix", at: octets.count - 512)
    else { return nil }
    if octets.has("NTFS    ", at: 3) { return .ntfs }
    if FATVolume.isVolume(octets, at: 0) || octets.has("EXFAT   ", at: 3) { return .fat }
    return PartitionTable.partitions(of: octets).isEmpty ? nil : .diskImage
  }

  private static func dmg(_ octets: [UInt8]) -> ArtefactKind? {
    octets.count >= 512 && octets.has("koly", at: octets.count - 512) ? .dmg : nil
  }

  /// ISO 32000 annex H: readers accept the header within the first 1,024 octets.
  private static func pdf(_ octets: [UInt8]) -> ArtefactKind? {
    let head = 0..<min(octets.count, Identification.headSize + 4)
    return octets.place(of: "%PDF", in: head).map { _ in .pdf }
  }

  /// Word takes what begins with `{\rt`, whatever follows, and white space before it.
  private static func rtf(_ octets: [UInt8]) -> ArtefactKind? {
    let start = octets.prefix(Identification.headSize).firstIndex { !$0.isSpace && $0 != 0 } ?? 0
    let mark = octets.has([0xEF, 0xBB, 0xBF], at: start) ? start + 3 : start
    return octets.hasAnyCase("{\\rt", at: mark) ? .rtf : nil
  }

  /// A compound file's magic of its beta days, and BIFF without any compound file around it.
  private static func oldCompound(_ octets: [UInt8]) -> ArtefactKind? {
    if octets.has([0x0E, 0x11, 0xFC, 0x0D, 0xD0, 0xCF, 0x11, 0x0E], at: 0) { return .compoundFile }
    guard octets.count > 8, octets[0] == 0x09, [0x00, 0x02, 0x04, 0x08].contains(octets[1]),
      let length = octets.little(2, 2), (4...16).contains(length), let type = octets.little(6, 2)
    else { return nil }
    return [0x05, 0x06, 0x10, 0x20, 0x40, 0x100].contains(type) ? .sheetBinary : nil
  }

  private static func flash(_ octets: [UInt8]) -> ArtefactKind? {
    guard octets.has("FWS", at: 0) || octets.has("CWS", at: 0) || octets.has("ZWS", at: 0),
      octets.count > 8, octets[3] <= 50
    else { return nil }
    return .flash
  }

  /// DER of a CMS message: a sequence that begins with its object identifier (RFC 5652 §3).
  private static func signature(_ octets: [UInt8]) -> ArtefactKind? {
    // id-data and its like, and those of S/MIME.
    let identifiers: [[UInt8]] = [
      [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07],
      [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01],
    ]
    guard octets.first == 0x30 else { return nil }
    let head = 0..<min(octets.count, 24)
    return identifiers.contains { octets.place(of: $0, in: head) != nil } ? .signature : nil
  }
}
