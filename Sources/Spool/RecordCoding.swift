import Mail
import SMTP

/// Writes values into a record: numbers in LEB128 (seven bits an octet, low ones first), lengths before
/// texts, a tag before each case.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  init(reserving count: Int = 256) { bytes.reserveCapacity(count) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }
  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func number(_ value: some FixedWidthInteger) {
    var rest = UInt64(truncatingIfNeeded: value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func text(_ value: String) {
    number(value.utf8.count)
    bytes += value.utf8
  }

  mutating func octets(_ value: [UInt8]) {
    number(value.count)
    bytes += value
  }

  mutating func optional<Value>(_ value: Value?, _ write: (inout RecordWriter, Value) -> Void) {
    flag(value != nil)
    if let value { write(&self, value) }
  }

  mutating func list<Value>(_ values: [Value], _ write: (inout RecordWriter, Value) -> Void) {
    number(values.count)
    for value in values { write(&self, value) }
  }

  mutating func time(_ value: Timestamp) { number(value.microseconds) }

  mutating func id(_ value: TraceID) {
    number(value.milliseconds)
    number(value.random)
  }
}

/// Reads what `RecordWriter` wrote. Every length is checked against what is left, so a damaged record
/// that passed its checksum by chance can't make it read beyond or allocate without bound.
struct RecordReader {
  private let bytes: [UInt8]
  /// The next octet to read.
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(RecordDamage) -> UInt8 {
    guard position < bytes.count else { throw RecordDamage() }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func flag() throws(RecordDamage) -> Bool { try byte() != 0 }

  mutating func number() throws(RecordDamage) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let octet = try byte()
      value |= UInt64(octet & 0x7F) << shift
      if octet & 0x80 == 0 { return value }
    }
    throw RecordDamage()
  }

  /// A count of octets or elements; never more than there are octets left.
  mutating func count() throws(RecordDamage) -> Int {
    let value = try number()
    guard value <= UInt64(bytes.count - position) else { throw RecordDamage() }
    return Int(value)
  }

  mutating func text() throws(RecordDamage) -> String {
    let length = try count()
    let end = position + length
    defer { position = end }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  mutating func octets() throws(RecordDamage) -> [UInt8] {
    let length = try count()
    let end = position + length
    defer { position = end }
    return Array(bytes[position..<end])
  }

  mutating func optional<Value>(
    _ read: (inout RecordReader) throws(RecordDamage) -> Value
  ) throws(RecordDamage) -> Value? {
    try flag() ? try read(&self) : nil
  }

  mutating func list<Value>(
    _ read: (inout RecordReader) throws(RecordDamage) -> Value
  ) throws(RecordDamage) -> [Value] {
    var values: [Value] = []
    for _ in 0..<(try count()) { values.append(try read(&self)) }
    return values
  }

  mutating func time() throws(RecordDamage) -> Timestamp {
    Timestamp(microseconds: Int64(bitPattern: try number()))
  }

  mutating func id() throws(RecordDamage) -> TraceID {
    TraceID(milliseconds: try number(), random: UInt32(truncatingIfNeeded: try number()))
  }
}

/// A record whose octets make no sense.
struct RecordDamage: Error {}
