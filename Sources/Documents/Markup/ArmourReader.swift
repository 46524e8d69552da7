import Mail

/// Files in the armour of certificates, as `certutil -decode` of Windows takes it off, whatever the words
/// between the dashes are: a text that passes every filter for programs, and a line of a script makes a
/// program of it.
///
///     -----BEGIN CERTIFICATE-----
///     TVqQAAMAAAAEAAAA…
///     -----END CERTIFICATE-----
///
/// (RFC 7468 §3.) Keys, certificates and what OpenPGP encrypts are in armour, too, and are no files to anybody:
/// what shows itself as nothing that acts or holds others is let be.
enum ArmourReader {
  /// Blocks of one text, and octets of a line with dashes.
  private static let (blockLimit, lineLimit) = (5000, 200)
  /// Octets that hold nothing that acts.
  private static let least = 16
  private static let (beginning, end) = (Array("-----BEGIN ".utf8), Array("-----END".utf8))
  /// Of what was taken out of armour; names are the sender's to choose.
  private static let mark = ArtefactFact(.placedFile, "armour")
  private static let dashes = Array("-----".utf8)

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    // A text of two kinds is given twice.
    guard !opening.children.contains(where: { $0.facts.contains(mark) }) else { return }
    var at = 0
    for number in 1...blockLimit {
      guard let place = octets.place(of: beginning, in: at..<octets.count) else { return }
      at = place + beginning.count
      guard let start = behindLine(octets, at) else { continue }
      guard opening.admits() else { return }
      let end = octets.place(of: end, in: start..<octets.count) ?? octets.count
      at = max(at, end)
      let body = body(octets[start..<end])
      guard isCoded(body) else { continue }
      let content = BodyDecoder.decode(body, .base64).octets
      opening.walk.ledger.worked(2 * (end - start))
      guard content.count >= least, isFile(content) else { continue }
      opening.take(content, ArtefactName("armour \(number)"), facts: [mark])
    }
    opening.note(.limitCount)
  }

  /// Behind the line that ends in dashes.
  private static func behindLine(_ octets: [UInt8], _ start: Int) -> Int? {
    let limit = min(octets.count, start + lineLimit)
    let line = octets[start..<limit].prefix { $0 != 0x0A && $0 != 0x0D }
    guard octets.place(of: dashes, in: line.startIndex..<line.endIndex) != nil else { return nil }
    return line.endIndex
  }

  /// What stands there without the fields that some armour begins with (`Proc-Type: …`, `Version: …`): up to an
  /// empty line, and only where the first line is one.
  private static func body(_ block: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = block.drop(while: \.isSpace)
    guard text.prefix(while: { $0 != 0x0A }).prefix(lineLimit).contains(0x3A) else { return text }
    var lineLength = 0
    for index in text.indices where text[index] != 0x0D {
      if text[index] != 0x0A {
        lineLength += 1
      } else if lineLength == 0 {
        return text[(index + 1)...]
      } else {
        lineLength = 0
      }
    }
    return text
  }

  /// Octets of a block that show whether it is base 64: what is signed by OpenPGP stands there in plain.
  private static let peek = 256

  private static func isCoded(_ body: ArraySlice<UInt8>) -> Bool {
    body.prefix(peek).allSatisfy {
      $0.isSpace || $0.isLetter || $0.isDigit || [0x2B, 0x2F, 0x3D].contains($0)
    }
  }

  private static func isFile(_ content: [UInt8]) -> Bool {
    Identification.kinds(of: content).contains { $0.risk > .passive }
  }
}
