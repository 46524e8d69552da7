import CZlib

/// Deflated octets (RFC 1951) and their frames, by zlib, up to a limit: a bomb costs that and no more.
enum Inflate {
  /// How the octets are framed.
  enum Frame: Int32 {
    /// Nothing around them, as in a zip.
    case raw = -15
    /// RFC 1950, as in a PDF.
    case zlib = 15
    /// RFC 1952: one member.
    case gzip = 31
  }

  private static let pieceSize = 1 << 17
  /// What has come to so much gets room for so much at once: growing by doubling would touch each octet of a
  /// bomb three times.
  private static let (largeSize, room) = (1 << 20, 32 << 20)

  /// Unpacks what begins at `range`'s start. What came before damage is kept.
  static func unpack(
    _ octets: [UInt8], _ range: Range<Int>, _ frame: Frame, limit: Int
  ) -> Unpacked {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, frame.rawValue, ZLIB_VERSION, size) == Z_OK else {
      return Unpacked([], .damaged(.damaged))
    }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(pieceSize, max(4096, 4 * range.count)))
    let range = range.clamped(to: 0..<octets.count)
    var at = range.lowerBound
    while true {
      let (status, read, written) = step(&stream, octets, at..<range.upperBound, &piece)
      at += read
      if output.count >= largeSize, output.capacity < room {
        output.reserveCapacity(min(limit, room))
      }
      output += piece[..<min(written, max(0, limit - output.count))]
      let used = at - range.lowerBound
      if status == Z_STREAM_END { return Unpacked(output, .whole, used: used) }
      if output.count >= limit { return Unpacked(output, .limit, used: used) }
      guard status == Z_OK || status == Z_BUF_ERROR, read + written > 0 else {
        let isShort = at == range.upperBound && status != Z_DATA_ERROR
        return Unpacked(output, .damaged(isShort ? .truncated : .damaged), used: used)
      }
    }
  }

  private static func step(
    _ stream: inout z_stream, _ octets: [UInt8], _ range: Range<Int>, _ piece: inout [UInt8]
  ) -> (status: Int32, read: Int, written: Int) {
    let given = min(range.count, 1 << 30)
    let room = piece.count
    let status = octets.withUnsafeBufferPointer { source in
      piece.withUnsafeMutableBufferPointer { target in
        // zlib does not write to its input; the header only forgets to say so.
        stream.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress.map { $0 + range.lowerBound })
        stream.avail_in = UInt32(given)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(room)
        return inflate(&stream, Z_NO_FLUSH)
      }
    }
    return (status, given - Int(stream.avail_in), room - Int(stream.avail_out))
  }

  /// CRC-32 as gzip and zip have it.
  static func checksum(_ octets: [UInt8]) -> Int {
    Int(UInt32(truncatingIfNeeded: crc32_z(0, octets, octets.count)))
  }
}
