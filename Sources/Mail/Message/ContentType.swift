/// A Content-Type field (RFC 2045 §5.1): what the part says it is. What it is, its octets say.
package struct ContentType: Sendable {
  /// Lower case. An unreadable field is `text/plain` (RFC 2045 §5.2) with a defect.
  package let type: String
  package let subtype: String
  package let parameters: Parameters
  /// Whether the part has such a field at all.
  package let isGiven: Bool
  package let defects: [Defect]

  package static let plainText = ContentType(type: "text", subtype: "plain")
  static let message = ContentType(type: "message", subtype: "rfc822")

  private init(type: String, subtype: String) {
    self.type = type
    self.subtype = subtype
    parameters = Parameters()
    isGiven = false
    defects = []
  }

  /// Reads the value of a field; `run` is where its bytes stand.
  package init(_ bytes: [UInt8], in value: Range<Int>, run: Int = 0) {
    var cursor = FieldCursor(bytes, value)
    cursor.skipBlanksAndComments()
    let type = cursor.token()
    cursor.skipBlanksAndComments()
    var subtype = cursor.at..<cursor.at
    let hasSlash = cursor.take(0x2F)
    if hasSlash {
      cursor.skipBlanksAndComments()
      subtype = cursor.token()
    }
    self.type = Self.lowered(bytes[type])
    self.subtype = Self.lowered(bytes[subtype])
    isGiven = true
    let afterType = cursor.at
    cursor.skipBlanksAndComments()
    let isClean =
      !type.isEmpty && !subtype.isEmpty
      && (cursor.isAtEnd || (cursor.current == 0x3B && !cursor.hasUnclosedComment))
    parameters = Parameters(cursor, run: run)
    let syntax = Defect(
      .contentTypeSyntax, Place(run: run, value.lowerBound..<max(afterType, value.lowerBound)))
    defects = (isClean ? [] : [syntax]) + parameters.defects
  }

  package var isMultipart: Bool { type == "multipart" }
  /// Types whose content is a message with a header of its own (RFC 2046 §5.2, RFC 6532 §3.7).
  package var isMessage: Bool {
    type == "message" && ["rfc822", "global", "partial", "external-body", "news"].contains(subtype)
  }
  package var isText: Bool { type == "text" || type.isEmpty || subtype.isEmpty }

  private static func lowered(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map(\.lowered), as: UTF8.self)
  }
}

extension ContentType: CustomStringConvertible {
  package var description: String { subtype.isEmpty ? type : "\(type)/\(subtype)" }
}

/// A Content-Disposition field (RFC 2183).
package struct Disposition: Sendable {
  /// `inline`, `attachment` or what else is written, lower case.
  package let kind: String
  package let parameters: Parameters
  package let defects: [Defect]

  package init(_ bytes: [UInt8], in value: Range<Int>, run: Int = 0) {
    var cursor = FieldCursor(bytes, value)
    cursor.skipBlanksAndComments()
    let kind = cursor.token()
    if cursor.current == 0x3D { cursor.at = kind.lowerBound }  // `filename=x` without a kind
    let isMissing = kind.isEmpty || cursor.at == kind.lowerBound
    self.kind = isMissing ? "" : String(decoding: bytes[kind].map(\.lowered), as: UTF8.self)
    parameters = Parameters(cursor, run: run)
    let syntax = Defect(.dispositionSyntax, Place(run: run, value))
    defects = (isMissing ? [syntax] : []) + parameters.defects
  }
}

/// A Content-Transfer-Encoding (RFC 2045 §6), and what clients take beyond it.
package enum TransferEncoding: Hashable, Sendable {
  case sevenBit, eightBit, binary, quotedPrintable, base64, uuencode, yEnc, binHex
  case unknown(String)

  /// Lower-case words; `x-` forms are read as what they stand for.
  init(word: String) {
    switch word {
    case "", "7bit", "7-bit": self = .sevenBit
    case "8bit", "8-bit": self = .eightBit
    case "binary": self = .binary
    case "quoted-printable", "quoted_printable", "quotedprintable": self = .quotedPrintable
    case "base64", "x-base64", "base-64": self = .base64
    case "uuencode", "x-uuencode", "x-uue", "uue": self = .uuencode
    case "x-yencode", "yenc": self = .yEnc
    case "x-binhex40", "binhex", "x-binhex", "mac-binhex40": self = .binHex
    default: self = .unknown(word)
    }
  }

  /// Whether the octets stand as they are.
  package var isIdentity: Bool {
    switch self {
    case .sevenBit, .eightBit, .binary, .unknown: true
    default: false
    }
  }
}

extension TransferEncoding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .sevenBit: "7bit"
    case .eightBit: "8bit"
    case .binary: "binary"
    case .quotedPrintable: "quoted-printable"
    case .base64: "base64"
    case .uuencode: "x-uuencode"
    case .yEnc: "x-yencode"
    case .binHex: "x-binhex40"
    case .unknown(let word): word
    }
  }
}
