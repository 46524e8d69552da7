import Reports
import Testing

/// Zip files as tests need them: one after the other, stored or deflated, and lies where wanted.
enum ZipMaker {
  struct Lies {
    var flags: UInt8 = 0
    var method: UInt8?
    var size: UInt32?
    var checksum: UInt32?
    var offset: UInt32?
  }

  static func make(_ files: [(name: String, content: [UInt8])], deflated: Bool, lies: Lies = Lies())
    -> [UInt8]
  {
    var (body, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in files {
      // A gzip of one member is ten octets, raw deflate, CRC-32 and length.
      let gzip = Gzip.pack(content) ?? []
      let packed = deflated ? Array(gzip.dropFirst(10).dropLast(8)) : content
      let checksum = Array(gzip.suffix(8).prefix(4))
      let method = lies.method ?? (deflated ? 8 : 0)
      let sizes = little(UInt32(packed.count)) + little(lies.size ?? UInt32(content.count))
      let common =
        [20, 0, lies.flags, 0, method, 0, 0, 0, 0, 0] + (lies.checksum.map(little) ?? checksum)
        + sizes + [UInt8(name.utf8.count), 0, 0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0] + common + Array(repeating: 0, count: 10)
      directory += little(lies.offset ?? UInt32(body.count)) + Array(name.utf8)
      body += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + packed
    }
    let count = [UInt8(files.count), 0, UInt8(files.count), 0]
    let end =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count
      + little(UInt32(directory.count)) + little(UInt32(body.count)) + [0, 0]
    return body + directory + end
  }

  static func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

@Suite struct ContainerTests {
  private func refusal(_ body: () throws -> Void) -> ReportRefusal? {
    do { try body() } catch { return error as? ReportRefusal }
    return nil
  }

  @Test func `what is packed unpacks to the same`() throws {
    for content in [
      [], Array("hello".utf8), (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) },
    ] {
      let packed = try #require(Gzip.pack(content))
      #expect(try Gzip.unpack(packed) == content)
      #expect(try Gzip.unpack(packed + packed) == content + content)
      #expect(try Gzip.unpack(packed + [0, 0, 0]) == content)
    }
  }

  @Test func `a gzip cut or twisted anywhere is damaged`() throws {
    let packed = try #require(Gzip.pack(Array("The quick brown fox".utf8)))
    for length in 2..<packed.count {
      #expect(refusal { _ = try Gzip.unpack(Array(packed.prefix(length))) } == .damaged)
    }
    var twisted = packed
    twisted[packed.count - 6] ^= 1
    #expect(refusal { _ = try Gzip.unpack(twisted) } == .damaged)
  }

  @Test func `a bomb costs its bound and no more`() throws {
    let bomb = try #require(Gzip.pack(Array(repeating: 0x20, count: 10 << 20)))
    #expect(bomb.count < 20_000)
    #expect(
      refusal { _ = try Gzip.unpack(bomb) }
        == .tooMuch("times its packed size", limit: Inflation.ratioLimit))
    let zip = ZipMaker.make([("a.xml", Array(repeating: 0x20, count: 10 << 20))], deflated: true)
    let archive = try ZipArchive(zip)
    #expect(
      refusal { _ = try archive.unpack(archive.entries[0]) }
        == .tooMuch("times its packed size", limit: Inflation.ratioLimit))
  }

  @Test(arguments: [true, false])
  func `a zip's files are read by its directory`(deflated: Bool) throws {
    let files = [
      ("a/", []), ("a/r.xml", Array("<a/>".utf8)), ("b", Array("bbbbbbbbbbbbbbbbbbb".utf8)),
    ]
    let bytes = ZipMaker.make(files, deflated: deflated)
    for zip in [bytes, bytes + Array("PK\u{5}\u{6}".utf8)] {
      let archive = try ZipArchive(zip)
      #expect(archive.entries.map(\.name) == files.map(\.0))
      #expect(archive.entries.map(\.isFolder) == [true, false, false])
      for (entry, file) in zip_(archive.entries, files) {
        #expect(try archive.unpack(entry) == file.1)
      }
    }
  }

  private func zip_(
    _ entries: [ZipArchive.Entry], _ files: [(String, [UInt8])]
  ) -> [(ZipArchive.Entry, (String, [UInt8]))] { Array(zip(entries, files)) }

  @Test func `lies in a zip are refused`() throws {
    let content = Array("content content content".utf8)
    let cases: [(ZipMaker.Lies, ReportRefusal)] = [
      (.init(flags: 1), .packing("encrypted")), (.init(method: 14), .packing("method 14")),
      (.init(size: 5), .damaged), (.init(checksum: 1), .damaged), (.init(offset: 7), .damaged),
      (.init(offset: 0xFFFF_FFF0), .damaged), (.init(size: 0xFFFF_FFFF), .packing("zip64")),
    ]
    for (lies, expected) in cases {
      let bytes = ZipMaker.make([("r.xml", content)], deflated: true, lies: lies)
      let found = refusal {
        let archive = try ZipArchive(bytes)
        _ = try archive.unpack(archive.entries[0])
      }
      #expect(found == expected)
    }
  }

  @Test func `a zip cut anywhere never reads beyond its end`() throws {
    let bytes = ZipMaker.make([("r.xml", Array("content".utf8))], deflated: false)
    for length in bytes.indices {
      #expect(refusal { _ = try ZipArchive(Array(bytes.prefix(length))) } == .damaged)
      var twisted = bytes
      twisted[length] ^= 0xFF
      _ = refusal {
        let archive = try ZipArchive(twisted)
        for entry in archive.entries { _ = try archive.unpack(entry) }
      }
    }
  }

  @Test func `a zip has a largest number of files`() {
    let files = (0...ZipArchive.entryLimit).map { ("\($0)", [UInt8]()) }
    #expect(
      refusal { _ = try ZipArchive(ZipMaker.make(files, deflated: false)) }
        == .tooMuch("files", limit: ZipArchive.entryLimit))
  }
}
