/// What a file's fixed octets say, where they say it alone.
struct Magic {
  let place: Int
  let octets: [UInt8]
  let kind: ArtefactKind

  init(_ kind: ArtefactKind, _ octets: [UInt8], at place: Int = 0) {
    (self.kind, self.octets, self.place) = (kind, octets, place)
  }

  init(_ kind: ArtefactKind, _ text: String, at place: Int = 0) {
    self.init(kind, Array(text.utf8), at: place)
  }

  /// Those at the beginning, by their first octet, and the others.
  static let byFirstOctet: [[Magic]] = (0...255).map { octet in
    all.filter { $0.place == 0 && $0.octets.first == UInt8(octet) }
  }
  static let elsewhere = all.filter { $0.place != 0 }

  /// Those that are sure, most of them of four octets and more; short ones are proved in `Structure`.
  static let all: [Magic] = [
    Magic(.elf, [0x7F, 0x45, 0x4C, 0x46]),
    Magic(.machO, [0xFE, 0xED, 0xFA, 0xCE]), Magic(.machO, [0xFE, 0xED, 0xFA, 0xCF]),
    Magic(.machO, [0xCE, 0xFA, 0xED, 0xFE]), Magic(.machO, [0xCF, 0xFA, 0xED, 0xFE]),
    Magic(.dex, "dex\n"), Magic(.webAssembly, [0x00, 0x61, 0x73, 0x6D]),
    Magic(.symbianPackage, [0x19, 0x04, 0x00, 0x10], at: 8),
    Magic(.symbianPackage, [0x7A, 0x1A, 0x20, 0x10]),
    Magic(.autoIt, [0xA3, 0x48, 0x4B, 0xBE]), Magic(.appleScript, "FasdUAS"),
    Magic(
      .shortcut,
      [0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]),
    Magic(.registry, "REGEDIT4"), Magic(.registry, "Windows Registry Editor"),
    Magic(.encodedScript, "#@~^"),
    Magic(.compiledHelp, "ITSF"), Magic(.windowsHelp, [0x3F, 0x5F, 0x03, 0x00]),
    Magic(.compoundFile, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
    Magic(.access, "\u{0}\u{1}\u{0}\u{0}Standard"),
    Magic(
      .oneNote,
      [0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D, 0xAE, 0xB1, 0x53, 0x78, 0xD0, 0x29, 0x96]),
    Magic(
      .oneNote,
      [0xA1, 0x2F, 0xFF, 0x43, 0xD9, 0xEF, 0x76, 0x4C, 0x9E, 0xE2, 0x10, 0xEA, 0x57, 0x22, 0x76]),
    Magic(.activeMime, "ActiveMime"), Magic(.postScript, "%!PS"),
    Magic(.postScript, [0xC5, 0xD0, 0xD3, 0xC6]),
    Magic(.vhdx, "vhdxfile"), Magic(.vmdk, "KDMV"), Magic(.vmdk, "# Disk DescriptorFile"),
    Magic(.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    Magic(.rar, [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x00]),
    Magic(.rar, [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x01, 0x00]),
    Magic(.rar, [0x52, 0x45, 0x7E, 0x5E]),
    Magic(.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), Magic(.lzip, "LZIP"),
    Magic(.zstandard, [0x28, 0xB5, 0x2F, 0xFD]), Magic(.lz4, [0x04, 0x22, 0x4D, 0x18]),
    Magic(.cabinet, "MSCF"), Magic(.cpio, "070701"), Magic(.cpio, "070702"),
    Magic(.cpio, "070707"), Magic(.cpio, [0xC7, 0x71]), Magic(.cpio, [0x71, 0xC7]),
    Magic(.rpm, [0xED, 0xAB, 0xEE, 0xDB]), Magic(.ar, "!<arch>\n"), Magic(.xar, "xar!"),
    // ALZip, EGG, zoo, zpaq, Windows imaging, StuffIt.
    Magic(.otherArchive, [0x41, 0x4C, 0x5A, 0x01]), Magic(.otherArchive, "EGGA"),
    Magic(.otherArchive, [0xDC, 0xA7, 0xC4, 0xFD], at: 20), Magic(.otherArchive, "7kSt"),
    Magic(.otherArchive, "DAA\0\0\0\0\0"), Magic(.otherArchive, "IsZ!"),
    Magic(.otherArchive, "zPQ"), Magic(.otherArchive, "MSWIM\0\0\0"),
    Magic(.otherArchive, "StuffIt "),
    Magic(.otherArchive, "SIT!"),
    // AppleSingle, AppleDouble, of both versions: the second is the one in use.
    Magic(.appleFile, [0x00, 0x05, 0x16, 0x00, 0x00, 0x01, 0x00, 0x00]),
    Magic(.appleFile, [0x00, 0x05, 0x16, 0x00, 0x00, 0x02, 0x00, 0x00]),
    Magic(.appleFile, [0x00, 0x05, 0x16, 0x07, 0x00, 0x01, 0x00, 0x00]),
    Magic(.appleFile, [0x00, 0x05, 0x16, 0x07, 0x00, 0x02, 0x00, 0x00]),
    Magic(.ace, "**ACE**", at: 7), Magic(.tnef, [0x78, 0x9F, 0x3E, 0x22]),
    Magic(.szdd, [0x53, 0x5A, 0x44, 0x44, 0x88, 0xF0, 0x27, 0x33]), Magic(.pst, "!BDN"),
    Magic(.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    Magic(.jpeg, [0xFF, 0xD8, 0xFF]), Magic(.gif, "GIF87a"), Magic(.gif, "GIF89a"),
    Magic(.tiff, [0x49, 0x49, 0x2A, 0x00]), Magic(.tiff, [0x4D, 0x4D, 0x00, 0x2A]),
    Magic(.photoshop, "8BPS"), Magic(.enhancedMetafile, " EMF", at: 40),
    Magic(.metafile, [0xD7, 0xCD, 0xC6, 0x9A]),
    Magic(.audio, "ID3"), Magic(.audio, "OggS"), Magic(.audio, "fLaC"), Magic(.audio, "#!AMR"),
    Magic(.video, [0x1A, 0x45, 0xDF, 0xA3]), Magic(.video, [0x00, 0x00, 0x01, 0xBA]),
    Magic(.font, "wOFF"), Magic(.font, "wOF2"), Magic(.font, "OTTO"),
    Magic(.openPGP, "-----BEGIN PGP"), Magic(.certificate, "-----BEGIN CERT"),
    Magic(.calendar, "BEGIN:VCALENDAR"), Magic(.contact, "BEGIN:VCARD"),
  ]
}
