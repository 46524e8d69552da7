/// Which kinds hold others, and who opens them.
enum Openers {
  typealias Opener = (_ octets: [UInt8], _ opening: inout Opening) -> Void

  static func opener(of kind: ArtefactKind) -> Opener? {
    switch kind {
    case .zip: return ZipReader.read
    case .gzip: return GzipReader.read
    case .signature: return SignedReader.read
    case .rar: return RarReader.read
    case .sevenZip: return SevenZipReader.read
    case .tar, .cabinet, .lha, .cpio, .ar, .deb, .iso9660, .xar:
      return { octets, opening in
        if let format = LibraryFormat(kind, octets) { LibraryReader.read(octets, format, &opening) }
      }
    case .compress: return CompressReader.read
    case .bzip2, .xz, .lzma, .lzip, .zstandard, .lz4:
      return { octets, opening in
        if let filter = LibraryFilter(kind) { LibraryReader.read(octets, filter, &opening) }
      }
    case .symbianPackage: return SymbianReader.read
    case .arj: return ArjReader.read
    case .szdd: return SzddReader.read
    case .appleFile: return AppleFileReader.read
    case .compoundFile: return CompoundReader.read
    case .sheetBinary: return { octets, opening in WorkbookStream.note(octets, &opening) }
    case .rtf: return RTFReader.read
    case .pdf: return PDFReader.read
    case .oneNote: return OneNoteReader.read
    case .wordXML, .sheetXML, .packageXML, .xml: return OfficeTextReader.read
    case .activeMime: return OfficeTextReader.readActiveMime
    case .mail, .mht: return MailReader.read
    case .tnef: return MailReader.readTNEF
    case .unknown: return MailReader.readEncoded
    case .certificate, .openPGP, .batch, .powerShell, .vbScript, .javaScript, .shellScript:
      return ArmourReader.read
    case .text, .csv, .uuencoded, .yEncoded, .binHex: return MailReader.readText
    case .calendar, .contact: return CalendarReader.read
    case .symbolicLink: return SheetText.readSYLK
    case .html, .svg, .htmlApplication: return PageReader.read
    case .portableExecutable, .elf, .dosExecutable: return ProgramReader.read
    case .shortcut: return ShortcutReader.read
    case .internetShortcut, .shellCommand, .desktopEntry, .remoteDesktop:
      return ShortcutReader.readText
    case .vhd: return VirtualDiskReader.readVHD
    case .vhdx: return VirtualDiskReader.readVHDX
    case .diskImage: return PartitionTable.read
    case .fat: return FATReader.read
    case .ntfs: return NTFSReader.read
    case .udf: return UDFReader.read
    case .compiledHelp: return HelpReader.read
    // Known for what they are, and not to be read: what is within stays unread.
    case .ace, .otherArchive, .dmg, .vmdk, .pst, .rpm, .nsis, .windowsHelp:
      return { _, opening in opening.note(.formatUnknown) }
    default: return nil
    }
  }
}
