import CZlib
import Mail

/// Unpacks deflated data by zlib, within bounds: what comes out is limited in octets and, once it
/// is large, in proportion to what went in. A bomb costs its bound and no more.
package struct Inflation: Sendable {
  /// How the data is framed.
  package enum Format: Sendable {
    /// RFC 1952.
    case gzip
    /// RFC 1951, as in a zip file.
    case raw

    fileprivate var windowBits: Int32 {
      switch self {
      case .gzip: 15 + 16
      case .raw: -15
      }
    }
  }

  /// Octets of one report: the largest seen are a few megabytes.
  package static let sizeLimit = 32 << 20
  /// Real reports are a tenth to a hundredth of their size when packed; deflate could do a
  /// thousandth.
  package static let ratioLimit = 200
  /// Up to here the ratio does not matter: a small report of one line a thousand times is no bomb.
  package static let ratioFloor = 1 << 20

  private static let pieceSize = 65_536

  /// The unpacked octets, and how many of the packed ones made them.
  package static func unpack(
    _ packed: [UInt8], _ format: Format
  ) throws(ReportRefusal) -> (bytes: [UInt8], used: Int) {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, format.windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw .damaged
    }
    defer { inflateEnd(&stream) }
    var (output, piece): ([UInt8], [UInt8]) = ([], Array(repeating: 0, count: pieceSize))
    var used = 0
    while true {
      let (status, read, written) = step(&stream, packed[used...], into: &piece)
      used += read
      output += piece[..<written]
      try check(output.count, used)
      if status == Z_STREAM_END { return (output, used) }
      // Z_OK without any progress would go on for ever.
      guard status == Z_OK, read + written > 0 else { throw .damaged }
    }
  }

  private static func check(_ count: Int, _ used: Int) throws(ReportRefusal) {
    if count > sizeLimit { throw .tooMuch("octets unpacked", limit: sizeLimit) }
    if count > ratioFloor, count / ratioLimit > used {
      throw .tooMuch("times its packed size", limit: ratioLimit)
    }
  }

  private static func step(
    _ stream: inout z_stream, _ input: ArraySlice<UInt8>, into piece: inout [UInt8]
  ) -> (status: Int32, read: Int, written: Int) {
    let given = min(input.count, 1 << 20)
    let room = piece.count
    let status = input.withUnsafeBufferPointer { source in
      piece.withUnsafeMutableBufferPointer { target in
        // zlib does not write to its input; the header only forgets to say so.
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(given)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(room)
        return inflate(&stream, Z_NO_FLUSH)
      }
    }
    return (status, given - Int(stream.avail_in), room - Int(stream.avail_out))
  }

  /// CRC-32 as gzip and zip have it.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count)))
  }
}
