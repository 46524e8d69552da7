import Mail
import SMTP

/// One commit group on the disk: all of it or nothing.
///
///     "KDM2"  salt u64  records u32  bodies u32  crc32c u32 │ records │ bodies
///
/// Numbers of the header are little-endian. The salt is the segment's own: octets that stood in the file
/// before, or that a body pretends with, are no frames here. The checksum covers the header before it
/// and the records; each body has its own beside its record, so that a start need not read bodies.
enum Frame {
  static let magic: [UInt8] = Array("KDM2".utf8)
  static let headerLength = 24
  /// A part of a frame holds at most one group of commits; beyond this a length is damage.
  static let lengthLimit = 256 * 1024 * 1024

  enum Record: Sendable {
    case message(StoredMessage, BodyPlace)
    case change(TraceID, Change)
  }

  /// Where a body is.
  enum BodyPlace: Sendable {
    case inline([UInt8])
    /// In the file named after the message; with its checksum.
    case file(crc: UInt32)
  }

  /// A record as it is read back, its body left where it is.
  enum Found: Sendable {
    /// `at` counts from the frame's beginning.
    case message(StoredMessage, SpoolIndex.Place)
    case change(TraceID, Change)
  }

  /// What a header says.
  struct Header: Hashable, Sendable {
    let records: Int
    let bodies: Int
    let crc: UInt32

    var length: Int { headerLength + records + bodies }
  }

  /// The frame's octets, and where each record's body is, counted from the frame's beginning.
  static func encode(
    _ records: [Record], salt: UInt64
  ) -> (bytes: [UInt8], places: [SpoolIndex.Place?]) {
    var writer = RecordWriter(reserving: 512 * records.count)
    var places: [SpoolIndex.Place?] = []
    var bodies = 0
    writer.number(records.count)
    for record in records {
      switch record {
      case .message(let message, .inline(let body)):
        let crc = Checksum.crc32c(body)
        writer.byte(0)
        message.write(&writer)
        writer.number(body.count)
        writer.number(crc)
        places.append(.inline(offset: bodies, length: body.count, crc: crc))
        bodies += body.count
      case .message(let message, .file(let crc)):
        writer.byte(1)
        message.write(&writer)
        writer.number(crc)
        places.append(.file(crc: crc))
      case .change(let id, let change):
        writer.byte(2)
        writer.id(id)
        change.write(&writer)
        places.append(nil)
      }
    }
    let start = headerLength + writer.bytes.count
    var bytes = header(writer.bytes, bodies: bodies, salt: salt)
    bytes.reserveCapacity(start + bodies)
    bytes += writer.bytes
    for case .message(_, .inline(let body)) in records { bytes += body }
    return (bytes, places.map { $0?.shifted(by: start) })
  }

  private static func header(_ records: [UInt8], bodies: Int, salt: UInt64) -> [UInt8] {
    precondition(max(records.count, bodies) <= lengthLimit, "a frame stays below its limit")
    var header = magic + little(salt) + little(UInt32(records.count)) + little(UInt32(bodies))
    header += little(Checksum.crc32c(records, from: Checksum.crc32c(header)))
    return header
  }

  static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// What a frame's first octets say; nil when they begin none of this salt.
  static func readHeader(_ bytes: ArraySlice<UInt8>, salt: UInt64) -> Header? {
    let start = bytes.startIndex
    guard bytes.count >= headerLength, bytes.starts(with: magic),
      number(bytes[(start + 4)..<(start + 12)]) == salt
    else { return nil }
    let records = Int(number(bytes[(start + 12)..<(start + 16)]))
    let bodies = Int(number(bytes[(start + 16)..<(start + 20)]))
    guard records <= lengthLimit, bodies <= lengthLimit else { return nil }
    return Header(
      records: records, bodies: bodies,
      crc: UInt32(number(bytes[(start + 20)..<(start + 24)])))
  }

  /// Whether header and records are what was written. `header` is the frame's first octets.
  static func isSound(_ header: ArraySlice<UInt8>, _ records: [UInt8], crc: UInt32) -> Bool {
    Checksum.crc32c(records, from: Checksum.crc32c(header.prefix(headerLength - 4))) == crc
  }

  /// Reads sound records.
  static func decode(_ records: [UInt8]) throws(RecordDamage) -> [Found] {
    var reader = RecordReader(records)
    var found: [Found] = []
    var offset = headerLength + records.count
    for _ in 0..<(try reader.count()) {
      switch try reader.byte() {
      case 0:
        let message = try StoredMessage(&reader)
        let length = try reader.number()
        guard length <= UInt64(lengthLimit) else { throw RecordDamage() }
        let crc = UInt32(truncatingIfNeeded: try reader.number())
        found.append(.message(message, .inline(offset: offset, length: Int(length), crc: crc)))
        offset += Int(length)
      case 1:
        let message = try StoredMessage(&reader)
        let crc = UInt32(truncatingIfNeeded: try reader.number())
        found.append(.message(message, .file(crc: crc)))
      case 2: found.append(.change(try reader.id(), try Change(&reader)))
      default: throw RecordDamage()
      }
    }
    guard reader.isAtEnd else { throw RecordDamage() }
    return found
  }
}
