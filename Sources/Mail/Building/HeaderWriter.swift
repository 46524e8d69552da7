/// Builds a header section: folded, with CRLF, and without a way to smuggle a second field in.
///
/// Control characters in a value become blanks, so whatever text comes in, one field comes out.
package struct HeaderWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  /// RFC 5322 §2.1.1: lines should have no more octets than this without CRLF.
  private static let lineLimit = 78
  /// RFC 2047 §2: an encoded-word has at most 75 octets; 45 octets of text make 60 of base64.
  private static let encodedTextLimit = 45

  package init() {}

  /// A field whose value is machine text: addresses, dates, tokens. Folded at blanks.
  package mutating func field(_ name: String, _ value: String) {
    let clean = value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
    var text = ""
    text.unicodeScalars.append(contentsOf: clean)
    var column = name.utf8.count + 1
    bytes += "\(name):".utf8
    for word in text.split(separator: " ") {
      let length = word.utf8.count + 1
      if column + length > Self.lineLimit, column > name.utf8.count + 1 {
        bytes += [0x0D, 0x0A]
        column = 0
      }
      bytes.append(0x20)
      bytes += word.utf8
      column += length
    }
    bytes += [0x0D, 0x0A]
  }

  /// A field whose value is text for people: as encoded-words where it is not ASCII (RFC 2047 §5).
  package mutating func text(_ name: String, _ value: String) {
    if value.utf8.allSatisfy({ $0 < 0x80 }) { return field(name, value) }
    var words: [String] = []
    var piece: [UInt8] = []
    for scalar in value.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
      let octets = Array(String(scalar).utf8)
      if piece.count + octets.count > Self.encodedTextLimit {
        words.append("=?utf-8?B?\(Base64.encode(piece))?=")
        piece = []
      }
      piece += octets
    }
    words.append("=?utf-8?B?\(Base64.encode(piece))?=")
    field(name, words.joined(separator: " "))
  }

  /// The end of the section.
  package mutating func end() { bytes += [0x0D, 0x0A] }
}
