/// Which kinds hold others, and who opens them.
enum Openers {
  typealias Opener = (_ octets: [UInt8], _ opening: inout Opening) -> Void

  static func opener(of kind: ArtefactKind) -> Opener? {
    switch kind {
    case .zip: return ZipReader.read
    case .gzip: return GzipReader.read
    case .sevenZip, .rar, .tar, .cabinet, .lha, .cpio, .ar, .deb, .iso9660, .xar:
      return { octets, opening in
        if let format = LibraryFormat(kind, octets) { LibraryReader.read(octets, format, &opening) }
      }
    case .bzip2, .xz, .lzma, .lzip, .zstandard, .compress, .lz4:
      return { octets, opening in
        if let filter = LibraryFilter(kind) { LibraryReader.read(octets, filter, &opening) }
      }
    default: return nil
    }
  }
}
