import CZlib

/// Makes zips for tests, honest ones and others.
struct ZipBuilder {
  /// What an entry is to be like.
  struct Entry {
    var name: [UInt8]
    var content: [UInt8]
    var isDeflated = true
    var password: String?
    var extra: [UInt8] = []
    var flags = 0
    /// Other than the truth, in the header before the data.
    var localName: [UInt8]?
    var localMethod: Int?
    /// Left out of the directory.
    var isHidden = false
    var hasDescriptor = false

    init(_ name: String, _ content: [UInt8]) {
      (self.name, self.content) = (Array(name.utf8), content)
    }
    init(_ name: String, _ content: String) { self.init(name, Array(content.utf8)) }
  }

  var entries: [Entry]
  var comment: [UInt8] = []
  var isZip64 = false

  init(_ entries: [Entry]) { self.entries = entries }

  static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func deflate(_ octets: [UInt8], windowBits: Int32 = -15) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    deflateInit2_(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(octets.count))) + 64)
    octets.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        _ = CZlib.deflate(&stream, Z_FINISH)
      }
    }
    return Array(output[..<Int(stream.total_out)])
  }

  static func checksum(_ octets: [UInt8]) -> Int { Int(crc32_z(0, octets, octets.count)) }

  var octets: [UInt8] {
    var (archive, directory, count): ([UInt8], [UInt8], Int) = ([], [], 0)
    for entry in entries {
      let place = archive.count
      var data = entry.isDeflated ? Self.deflate(entry.content) : entry.content
      let sum = Self.checksum(entry.content)
      if let password = entry.password {
        data = TestCipher.encrypted(data, password, check: UInt8(sum >> 24))
      }
      let flags = entry.flags | (entry.password == nil ? 0 : 1) | (entry.hasDescriptor ? 8 : 0)
      let method = entry.isDeflated ? 8 : 0
      let sizes = isZip64 ? [0xFFFF_FFFF, 0xFFFF_FFFF] : [data.count, entry.content.count]
      let wide = Self.little(entry.content.count, 8) + Self.little(data.count, 8)
      let extra = (isZip64 ? Self.little(1, 2) + Self.little(16, 2) + wide : []) + entry.extra
      func head(_ method: Int, _ isSilent: Bool) -> [UInt8] {
        Self.little(20, 2) + Self.little(flags, 2) + Self.little(method, 2) + Self.little(0, 4)
          + Self.little(isSilent ? 0 : sum, 4) + Self.little(isSilent ? 0 : sizes[0], 4)
          + Self.little(isSilent ? 0 : sizes[1], 4)
      }
      let name = entry.localName ?? entry.name
      archive += Array("PK\u{3}\u{4}".utf8) + head(entry.localMethod ?? method, entry.hasDescriptor)
      archive += Self.little(name.count, 2) + Self.little(extra.count, 2) + name + extra + data
      if entry.hasDescriptor {
        archive +=
          Array("PK\u{7}\u{8}".utf8) + Self.little(sum, 4) + Self.little(data.count, 4)
          + Self.little(entry.content.count, 4)
      }
      guard !entry.isHidden else { continue }
      count += 1
      directory += Array("PK\u{1}\u{2}".utf8) + Self.little(20, 2) + head(method, false)
      directory +=
        Self.little(entry.name.count, 2) + Self.little(extra.count, 2) + Self.little(0, 10)
      directory += Self.little(place, 4) + entry.name + extra
    }
    return archive + directory + end(count, directory.count, archive.count)
  }

  private func end(_ count: Int, _ size: Int, _ offset: Int) -> [UInt8] {
    var end: [UInt8] = []
    if isZip64 {
      end +=
        Array("PK\u{6}\u{6}".utf8) + Self.little(44, 8) + Self.little(45, 4) + Self.little(0, 8)
      end +=
        Self.little(count, 8) + Self.little(count, 8) + Self.little(size, 8)
        + Self.little(offset, 8)
      end +=
        Array("PK\u{6}\u{7}".utf8) + Self.little(0, 4) + Self.little(offset + size, 8)
        + Self.little(1, 4)
    }
    let (sizeTold, offsetTold) = isZip64 ? (0xFFFF_FFFF, 0xFFFF_FFFF) : (size, offset)
    end += Array("PK\u{5}\u{6}".utf8) + Self.little(0, 4) + Self.little(min(count, 0xFFFF), 2)
    end +=
      Self.little(min(count, 0xFFFF), 2) + Self.little(sizeTold, 4) + Self.little(offsetTold, 4)
    return end + Self.little(comment.count, 2) + comment
  }
}

/// The cipher of PKZIP, for tests.
enum TestCipher {
  static func encrypted(_ data: [UInt8], _ password: String, check: UInt8) -> [UInt8] {
    var keys: [UInt32] = [0x1234_5678, 0x2345_6789, 0x3456_7890]
    func crc(_ sum: UInt32, _ byte: UInt8) -> UInt32 {
      var value = sum ^ UInt32(byte)
      for _ in 0..<8 { value = value & 1 != 0 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
      return value
    }
    func update(_ byte: UInt8) {
      keys[0] = crc(keys[0], byte)
      keys[1] = (keys[1] &+ (keys[0] & 0xFF)) &* 134_775_813 &+ 1
      keys[2] = crc(keys[2], UInt8(truncatingIfNeeded: keys[1] >> 24))
    }
    password.utf8.forEach(update)
    let header: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, check]
    return (header + data).map { byte in
      let mask = UInt16(truncatingIfNeeded: keys[2]) | 2
      defer { update(byte) }
      return byte ^ UInt8(truncatingIfNeeded: (mask &* (mask ^ 1)) >> 8)
    }
  }
}
