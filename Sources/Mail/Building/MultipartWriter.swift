/// Puts parts together (RFC 2046 §5.1). The boundary must occur in none of them: who has the parts
/// chooses it with `boundary(for:seed:)`.
package struct MultipartWriter: Sendable {
  private let boundary: String
  package private(set) var bytes: [UInt8] = []

  package init(boundary: String) { self.boundary = boundary }

  /// A boundary of a seed that no part holds.
  package static func boundary(for parts: [[UInt8]], seed: UInt64) -> String {
    var number = seed
    while true {
      let boundary = "=_kadomori_" + String(number, radix: 36)
      if !parts.contains(where: { holds($0, Array(boundary.utf8)) }) { return boundary }
      number &+= 1
    }
  }

  /// A part with its own header section.
  package mutating func part(_ header: HeaderWriter, _ content: [UInt8]) {
    bytes += "--\(boundary)\r\n".utf8
    bytes += header.bytes
    bytes += [0x0D, 0x0A]
    bytes += content
    if !content.suffix(2).elementsEqual([0x0D, 0x0A]) { bytes += [0x0D, 0x0A] }
  }

  package mutating func end() { bytes += "--\(boundary)--\r\n".utf8 }

  private static func holds(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard bytes.count >= word.count else { return false }
    return (0...(bytes.count - word.count)).contains {
      bytes[$0] == word[0] && bytes[$0...].starts(with: word)
    }
  }
}
