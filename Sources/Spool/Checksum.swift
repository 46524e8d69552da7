import CChecksum

/// CRC-32C (Castagnoli, RFC 3720 §12.1): by the processor where it can, else four octets a step by table.
package enum Checksum {
  private static let hasInstruction = kadomori_has_crc32c() != 0

  private static let tables: [[UInt32]] = {
    var tables = [[UInt32]](repeating: [UInt32](repeating: 0, count: 256), count: 4)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
      tables[0][index] = value
    }
    for index in 0..<256 {
      for table in 1..<4 {
        let before = tables[table - 1][index]
        tables[table][index] = before >> 8 ^ tables[0][Int(before & 0xFF)]
      }
    }
    return tables
  }()

  package static func crc32c(_ bytes: some Sequence<UInt8>, from start: UInt32 = 0) -> UInt32 {
    let simple = bytes.withContiguousStorageIfAvailable { crc32c($0, start) }
    return simple ?? Array(bytes).withUnsafeBufferPointer { crc32c($0, start) }
  }

  private static func crc32c(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32) -> UInt32 {
    if hasInstruction, let base = bytes.baseAddress {
      return ~kadomori_crc32c(~start, base, bytes.count)
    }
    return byTable(bytes, start)
  }

  /// The same without the instruction.
  static func byTable(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32) -> UInt32 {
    let (t0, t1, t2, t3) = (tables[0], tables[1], tables[2], tables[3])
    let raw = UnsafeRawBufferPointer(bytes)
    var value = ~start
    var index = 0
    while index + 4 <= raw.count {
      value ^= raw.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian
      value =
        t3[Int(value & 0xFF)] ^ t2[Int(value >> 8 & 0xFF)] ^ t1[Int(value >> 16 & 0xFF)]
        ^ t0[Int(value >> 24)]
      index += 4
    }
    while index < raw.count {
      value = value >> 8 ^ t0[Int((value ^ UInt32(raw[index])) & 0xFF)]
      index += 1
    }
    return ~value
  }
}
