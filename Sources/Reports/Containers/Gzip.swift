import CZlib

/// Gzip files (RFC 1952): a report that is received, and one that is sent.
package enum Gzip {
  /// Members of one file; one is usual.
  private static let memberLimit = 16

  package static func isPacked(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// All members one behind the other (RFC 1952 §2.2); zeros and junk behind them are passed over.
  package static func unpack(_ bytes: [UInt8]) throws(ReportRefusal) -> [UInt8] {
    var (rest, output): ([UInt8], [UInt8]) = (bytes, [])
    for _ in 0..<memberLimit where isPacked(rest) {
      let (member, used) = try Inflation.unpack(rest, .gzip)
      output += member
      if output.count > Inflation.sizeLimit {
        throw .tooMuch("octets unpacked", limit: Inflation.sizeLimit)
      }
      rest = Array(rest[used...])
    }
    return output
  }

  /// One member. Nil only when zlib has no memory.
  package static func pack(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    let opened = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size
    )
    guard opened == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    var output = [UInt8](repeating: 0, count: bound)
    let status = bytes.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        return deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { return nil }
    return Array(output[..<(bound - Int(stream.avail_out))])
  }
}
