import CArchive
import Documents
import Testing

/// Makes archives with libarchive's other half.
enum LibraryBuilder {
  static func archive(
    _ format: CInt, _ filter: CInt = ARCHIVE_FILTER_NONE,
    _ entries: [(name: String, content: [UInt8])], options: String? = nil, password: String? = nil
  ) -> [UInt8] {
    let room = entries.reduce(4 << 20) { $0 + 2 * $1.content.count }
    var output = [UInt8](repeating: 0, count: room)
    // The library keeps the address and writes there when it closes.
    let used = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    used.initialize(to: 0)
    defer { used.deallocate() }
    guard let handle = archive_write_new() else { return [] }
    defer { archive_write_free(handle) }
    archive_write_set_format(handle, format)
    if filter != ARCHIVE_FILTER_NONE { archive_write_add_filter(handle, filter) }
    archive_write_set_bytes_in_last_block(handle, 1)
    if let options { archive_write_set_options(handle, options) }
    if let password { archive_write_set_passphrase(handle, password) }
    output.withUnsafeMutableBytes { bytes in
      archive_write_open_memory(handle, bytes.baseAddress, bytes.count, used)
      for (name, content) in entries {
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_size(entry, Int64(content.count))
        archive_entry_set_filetype(entry, 0o100000)
        archive_entry_set_perm(entry, 0o644)
        archive_write_header(handle, entry)
        _ = content.withUnsafeBytes { archive_write_data(handle, $0.baseAddress, $0.count) }
      }
      archive_write_close(handle)
    }
    return Array(output[..<used.pointee])
  }
}

struct LibraryTests {
  @Test(arguments: [
    (ARCHIVE_FORMAT_7ZIP, ArtefactKind.sevenZip), (ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, .tar),
    (ARCHIVE_FORMAT_TAR_GNUTAR, .tar), (ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, .cpio),
    (ARCHIVE_FORMAT_ISO9660, .iso9660), (ARCHIVE_FORMAT_XAR, .xar),
    (ARCHIVE_FORMAT_ZIP, .zip),
  ])
  func `an archive is known by its octets and read`(format: CInt, kind: ArtefactKind) {
    let octets = LibraryBuilder.archive(format, ARCHIVE_FILTER_NONE, [("run.sh", program)])
    let found = DocumentReader().read(octets, name: ArtefactName("a"))
    #expect(found.kind == kind)
    #expect(found.programs.count == 1, "\(found.all.map(\.path)) \(found.allDefects)")
    #expect(!found.isIncomplete)
  }

  @Test(arguments: [
    (ARCHIVE_FILTER_BZIP2, ArtefactKind.bzip2), (ARCHIVE_FILTER_XZ, .xz),
    (ARCHIVE_FILTER_LZMA, .lzma),
    (ARCHIVE_FILTER_ZSTD, .zstandard), (ARCHIVE_FILTER_LZIP, .lzip),
    (ARCHIVE_FILTER_COMPRESS, .compress),
    (ARCHIVE_FILTER_LZ4, .lz4),
  ])
  func `a stream is unpacked, and a bomb of it cut`(filter: CInt, kind: ArtefactKind) {
    let octets = LibraryBuilder.archive(ARCHIVE_FORMAT_RAW, filter, [("run.sh", program)])
    let found = DocumentReader().read(octets)
    #expect(found.kind == kind)
    #expect(found.programs.count == 1, "\(found.allDefects)")
    let zeros = [UInt8](repeating: 0, count: 30 << 20)
    let bomb = DocumentReader().read(
      LibraryBuilder.archive(ARCHIVE_FORMAT_RAW, filter, [("a", zeros)]))
    #expect(bomb.allDefects.contains { $0.isLimit }, "\(bomb.allDefects)")
  }

  @Test func `a 7z of zeros is cut, and nothing behind it is passed over in silence`() {
    let zeros = [UInt8](repeating: 0, count: 30 << 20)
    let octets = LibraryBuilder.archive(
      ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, [("a", zeros), ("run.sh", program)])
    let found = DocumentReader().read(octets)
    #expect(found.allDefects.contains { $0.isLimit })
    #expect(found.isIncomplete)
  }

  @Test(arguments: ["traditional", "aes128", "aes256"])
  func `an encrypted zip is opened by the password that fits`(cipher: String) {
    let octets = LibraryBuilder.archive(
      ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, [("run.sh", program)],
      options: "zip:encryption=\(cipher)", password: "kado-2026")
    let reader = DocumentReader(passwords: ["no", "kado-2026"])
    let opened = reader.read(octets, name: ArtefactName("a"))
    #expect(opened.programs == ["a/run.sh"], "\(opened.allDefects)")
    #expect(opened.has(.openedWithPassword))
    let closed = DocumentReader(passwords: ["no"]).read(octets)
    #expect(closed.has(.encrypted))
    #expect(closed.children.map(\.name.text) == ["run.sh"])
  }

  @Test func `names come through in every script`() {
    let octets = LibraryBuilder.archive(
      ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE, [("請求書 2026.sh", program)])
    #expect(DocumentReader().read(octets, name: ArtefactName("a")).programs == ["a/請求書 2026.sh"])
  }

  @Test func `a cut archive is incomplete and keeps what came before`() {
    let octets = LibraryBuilder.archive(
      ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE,
      [("run.sh", program), ("long.bin", [UInt8](repeating: 7, count: 100_000))])
    let found = DocumentReader().read(Array(octets.prefix(50_000)))
    #expect(found.programs.count == 1)
    #expect(found.isIncomplete)
  }
}
