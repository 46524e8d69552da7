package import Mail

/// `tag=value` pairs between semicolons, as DKIM, ARC, DMARC and the reports' records write them
/// (RFC 6376 §3.2):
///
///     tag-list  = tag-spec *( ";" tag-spec ) [ ";" ]
///     tag-spec  = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
///     tag-name  = ALPHA *ALNUMPUNC                       ; ALNUMPUNC = ALPHA / DIGIT / "_"
///     tag-value = [ tval *( 1*(WSP / FWS) tval ) ]       ; tval = any printable but ";"
///
/// A tag that stands twice makes the whole list wrong. Octets beyond ASCII are let through in
/// values (RFC 8616 §3); every other control than blanks and line ends is not.
package struct TagList: Sendable {
  /// One pair as places in the text.
  package struct Tag: Hashable, Sendable {
    package let name: String
    /// Without the white space around it; what folds it inside stays.
    package let value: Range<Int>
    /// From behind the `=` to the semicolon, blanks included: what a signature blanks out of
    /// itself.
    package let raw: Range<Int>
  }

  /// In the order in which they stand.
  package let tags: [Tag]
  private let bytes: [UInt8]

  /// Tags that one list may have; the longest in use has a dozen.
  package static let countLimit = 64

  package init(_ bytes: [UInt8]) throws(SyntaxError) {
    self.bytes = bytes
    var tags: [Tag] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x3B) ?? bytes.count
      let spec = Self.trimmed(start..<end, bytes)
      if spec.isEmpty {
        // Only behind the last semicolon may there be nothing.
        guard end == bytes.count, !tags.isEmpty else {
          throw SyntaxError(expected: "a tag", at: start)
        }
      } else {
        let tag = try Self.tag(spec, start..<end, bytes)
        guard tags.count < Self.countLimit else {
          throw SyntaxError(expected: "at most \(Self.countLimit) tags", at: start)
        }
        guard !tags.contains(where: { $0.name == tag.name }) else {
          throw SyntaxError(expected: "\(tag.name)= only once", at: spec.lowerBound)
        }
        tags.append(tag)
      }
      start = end + 1
    }
    guard !tags.isEmpty else { throw SyntaxError(expected: "a tag", at: 0) }
    self.tags = tags
  }

  /// A tag's octets with what folds them; nil where it does not stand. Names compare by case.
  package func octets(_ name: String) -> ArraySlice<UInt8>? {
    tags.first { $0.name == name }.map { bytes[$0.value] }
  }

  /// A tag's octets without any white space: for base 64, names and numbers.
  package func compact(_ name: String) -> [UInt8]? {
    octets(name).map { $0.filter { !Self.isSpace($0) } }
  }

  /// A tag as text without any white space; nil where it does not stand or is no UTF-8.
  package func text(_ name: String) -> String? {
    compact(name).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private static func tag(
    _ spec: Range<Int>, _ whole: Range<Int>, _ bytes: [UInt8]
  ) throws(SyntaxError) -> Tag {
    guard let equals = bytes[spec].firstIndex(of: 0x3D) else {
      throw SyntaxError(expected: "=", at: spec.upperBound)
    }
    let name = trimmed(spec.lowerBound..<equals, bytes)
    guard let first = bytes[name].first, isLetter(first), bytes[name].allSatisfy(isNameByte) else {
      throw SyntaxError(expected: "a tag's name", at: name.lowerBound)
    }
    let value = trimmed((equals + 1)..<spec.upperBound, bytes)
    if let wrong = bytes[value].firstIndex(where: { !isValueByte($0) }) {
      throw SyntaxError(expected: "a printable octet", at: wrong)
    }
    return Tag(
      name: String(decoding: bytes[name], as: UTF8.self), value: value,
      raw: (equals + 1)..<whole.upperBound)
  }

  private static func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
  }

  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7F || isSpace(byte)
  }
}
