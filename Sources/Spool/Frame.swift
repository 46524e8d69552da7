import Mail
import SMTP

/// One commit on the disk: all of it or nothing.
///
///     "KDMR"  length u32  crc32c u32  payload
///     payload: count u64, then for each record a tag, its octets, and for a message its body
enum Frame {
  static let magic: [UInt8] = Array("KDMR".utf8)
  static let headerLength = 12
  /// A frame holds at most one group of commits; beyond this a length is damage.
  static let lengthLimit = 256 * 1024 * 1024

  enum Record {
    case message(StoredMessage, BodyPlace)
    case change(TraceID, Change)
  }

  /// Where a body is.
  enum BodyPlace {
    /// In the frame, at this offset of the segment once written.
    case inline([UInt8])
    /// In the file named after the message; with its checksum.
    case file(crc: UInt32)
  }

  /// The frame's octets, and for each record where in them its inline body begins (0 for none).
  static func encode(_ records: [Record]) -> (bytes: [UInt8], bodies: [Int]) {
    var writer = RecordWriter()
    var bodies: [Int] = []
    writer.number(records.count)
    for record in records {
      bodies.append(0)
      switch record {
      case .message(let message, .inline(let body)):
        writer.byte(0)
        message.write(&writer)
        writer.octets(body)
        bodies[bodies.count - 1] = headerLength + writer.bytes.count - body.count
      case .message(let message, .file(let crc)):
        writer.byte(1)
        message.write(&writer)
        writer.number(crc)
      case .change(let id, let change):
        writer.byte(2)
        writer.id(id)
        change.write(&writer)
      }
    }
    return (header(for: writer.bytes) + writer.bytes, bodies)
  }

  private static func header(for payload: [UInt8]) -> [UInt8] {
    precondition(payload.count <= lengthLimit, "a frame stays below its limit")
    let crc = Checksum.crc32c(payload)
    return magic + little(UInt32(payload.count)) + little(crc)
  }

  private static func little(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The payload's length and checksum; nil when these octets begin no frame.
  static func readHeader(_ bytes: [UInt8]) -> (length: Int, crc: UInt32)? {
    guard bytes.count == headerLength, bytes.starts(with: magic) else { return nil }
    let length = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let crc = bytes[8..<12].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return length <= lengthLimit ? (length, crc) : nil
  }

  static func decode(
    _ payload: [UInt8]
  ) throws(RecordDamage) -> (records: [Record], bodies: [Int]) {
    var reader = RecordReader(payload[...])
    var records: [Record] = []
    var bodies: [Int] = []
    for _ in 0..<(try reader.count()) {
      bodies.append(0)
      switch try reader.byte() {
      case 0:
        let message = try StoredMessage(&reader)
        let body = try reader.octets()
        records.append(.message(message, .inline(body)))
        bodies[bodies.count - 1] = headerLength + payload.count - reader.rest.count - body.count
      case 1:
        let message = try StoredMessage(&reader)
        records.append(
          .message(message, .file(crc: UInt32(truncatingIfNeeded: try reader.number()))))
      case 2: records.append(.change(try reader.id(), try Change(&reader)))
      default: throw RecordDamage()
      }
    }
    guard reader.rest.isEmpty else { throw RecordDamage() }
    return (records, bodies)
  }
}

extension RecordReader {
  mutating func octets() throws(RecordDamage) -> [UInt8] {
    let length = try count()
    return take(length)
  }
}
