import Mail
import SMTP

/// Writes values into a record: little-endian numbers, lengths before texts, a tag before each case.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }
  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func number(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: UInt64(truncatingIfNeeded: value).littleEndian) { bytes += $0 }
  }

  mutating func text(_ value: String) {
    number(value.utf8.count)
    bytes += value.utf8
  }

  mutating func octets(_ values: [UInt8]) {
    number(values.count)
    bytes += values
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
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var rest: ArraySlice<UInt8> { bytes }

  mutating func byte() throws(RecordDamage) -> UInt8 {
    guard let first = bytes.popFirst() else { throw RecordDamage() }
    return first
  }

  mutating func flag() throws(RecordDamage) -> Bool { try byte() != 0 }

  mutating func number() throws(RecordDamage) -> UInt64 {
    guard bytes.count >= 8 else { throw RecordDamage() }
    let value = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    bytes = bytes.dropFirst(8)
    return value
  }

  /// A count of octets or elements; never more than there are octets left.
  mutating func count() throws(RecordDamage) -> Int {
    let value = try number()
    guard value <= UInt64(bytes.count) else { throw RecordDamage() }
    return Int(value)
  }

  mutating func text() throws(RecordDamage) -> String {
    let length = try count()
    let result = String(decoding: bytes.prefix(length), as: UTF8.self)
    bytes = bytes.dropFirst(length)
    return result
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

  /// The next octets; the caller has checked that they are there.
  mutating func take(_ length: Int) -> [UInt8] {
    let taken = Array(bytes.prefix(length))
    bytes = bytes.dropFirst(length)
    return taken
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
