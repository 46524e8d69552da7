import CArchive

/// Archives that libarchive reads for us, one format at a time: it never guesses among hostile octets.
enum LibraryFormat: CaseIterable {
  case sevenZip, rar, rar5, tar, cabinet, lha, cpio, ar, iso9660, xar, zip

  init?(_ kind: ArtefactKind, _ octets: [UInt8]) {
    switch kind {
    case .sevenZip: self = .sevenZip
    case .rar: self = octets.has([0x01, 0x00], at: 6) ? .rar5 : .rar
    case .tar: self = .tar
    case .cabinet: self = .cabinet
    case .lha: self = .lha
    case .cpio: self = .cpio
    case .ar, .deb: self = .ar
    case .iso9660: self = .iso9660
    case .xar: self = .xar
    default: return nil
    }
  }

  func support(_ handle: OpaquePointer) -> CInt {
    switch self {
    case .sevenZip: archive_read_support_format_7zip(handle)
    case .rar: archive_read_support_format_rar(handle)
    case .rar5: archive_read_support_format_rar5(handle)
    case .tar: archive_read_support_format_tar(handle)
    case .cabinet: archive_read_support_format_cab(handle)
    case .lha: archive_read_support_format_lha(handle)
    case .cpio: archive_read_support_format_cpio(handle)
    case .ar: archive_read_support_format_ar(handle)
    case .iso9660: archive_read_support_format_iso9660(handle)
    case .xar: archive_read_support_format_xar(handle)
    case .zip: archive_read_support_format_zip_streamable(handle)
    }
  }

  /// Whether the rest of an entry can be passed over without unpacking it.
  var skipsCheaply: Bool {
    switch self {
    case .tar, .cpio, .ar, .iso9660, .zip: true
    default: false
    }
  }

  /// Octets that make libarchive load what a format needs, without being an archive.
  static let samples: [LibraryFormat] = allCases
}

/// A stream that libarchive unpacks: one filter, and what comes out is not looked at again.
enum LibraryFilter {
  case bzip2, xz, lzma, lzip, zstandard, lz4

  init?(_ kind: ArtefactKind) {
    switch kind {
    case .bzip2: self = .bzip2
    case .xz: self = .xz
    case .lzma: self = .lzma
    case .lzip: self = .lzip
    case .zstandard: self = .zstandard
    case .lz4: self = .lz4
    default: return nil
    }
  }

  var code: CInt {
    switch self {
    case .bzip2: CInt(ARCHIVE_FILTER_BZIP2)
    case .xz: CInt(ARCHIVE_FILTER_XZ)
    case .lzma: CInt(ARCHIVE_FILTER_LZMA)
    case .lzip: CInt(ARCHIVE_FILTER_LZIP)
    case .zstandard: CInt(ARCHIVE_FILTER_ZSTD)
    case .lz4: CInt(ARCHIVE_FILTER_LZ4)
    }
  }
}
