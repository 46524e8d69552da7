/// A body without its transfer encoding, what was wrong with it, and what other decoders make of it.
package struct DecodedBody: Sendable {
  package internal(set) var octets: [UInt8]
  /// What was wrong, once a kind, with the place of the first in the encoded octets.
  package internal(set) var flaws: [Flaw] = []
  /// What stricter or laxer decoders read instead; empty when nothing is wrong.
  package internal(set) var others: [[UInt8]] = []

  /// One kind of flaw: where first, and how often.
  package struct Flaw: Hashable, Sendable {
    package let kind: Defect.Kind
    package let range: Range<Int>
  }

  init(_ octets: [UInt8] = []) { self.octets = octets }

  mutating func note(_ kind: Defect.Kind, _ range: Range<Int>) {
    if !flaws.contains(where: { $0.kind == kind }) { flaws.append(Flaw(kind: kind, range: range)) }
  }

  func defects(at run: Int) -> [Defect] {
    flaws.map { Defect($0.kind, Place(run: run, $0.range)) }
  }
}

/// Undoes a transfer encoding (RFC 2045 §6).
package enum BodyDecoder {
  /// At most `limit` octets come out, but where nothing is encoded; the rest is left and recorded.
  package static func decode(
    _ body: ArraySlice<UInt8>, _ encoding: TransferEncoding, limit: Int = .max
  ) -> DecodedBody {
    switch encoding {
    case .sevenBit, .eightBit, .binary: return DecodedBody(Array(body))
    case .base64: return Base64Body.decode(body)
    case .quotedPrintable: return QuotedPrintable.decode(body)
    case .uuencode: return enclosed(Uuencoded.first(in: body), body)
    case .yEnc: return enclosed(YEncoded.first(in: body), body)
    case .binHex: return enclosed(BinHex.first(in: body), body)
    case .unknown(let word): return unknown(word, body)
    }
  }

  /// An encoding that names its file carries it within lines of its own.
  private static func enclosed(_ file: EmbeddedFile?, _ body: ArraySlice<UInt8>) -> DecodedBody {
    guard let file else { return DecodedBody(Array(body)) }
    var decoded = file.content
    decoded.others.append(Array(body))
    return decoded
  }

  /// RFC 2045 §6.4: an unknown encoding is opaque. Some look only for the word within.
  private static func unknown(_ word: String, _ body: ArraySlice<UInt8>) -> DecodedBody {
    var decoded = DecodedBody(Array(body))
    if word.contains("64") { decoded.others = [Base64Body.decode(body).octets] }
    if word.contains("quoted") || word.contains("printable") {
      decoded.others = [QuotedPrintable.decode(body).octets]
    }
    return decoded
  }
}
