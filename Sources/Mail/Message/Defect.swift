/// Something in a message that is not as the standards want it: what, and where. Never an error:
/// parsing records it and carries on.
package struct Defect: Hashable, Codable, Sendable {
  package let kind: Kind
  package let place: Place

  package init(_ kind: Kind, _ place: Place) {
    self.kind = kind
    self.place = place
  }

  /// What is wrong. The names are stable: rules and the journal refer to them.
  package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    // The header section (RFC 5322 §2.2, §3.6).
    case headerMissing, emptyLineMissing, blankFolding, strangeHeaderLine, envelopeLine,
      spaceBeforeColon
    case eightBitInHeader, nulInHeader, bareCRInHeader, lineTooLong, fieldRepeated
    // The body (RFC 5321 §2.3.7, RFC 2045 §2.7 to §2.9).
    case nul, bareCR, mixedLineEnds
    // MIME fields (RFC 2045 §4 to §6, RFC 2183).
    case versionMissing, contentTypeRepeated, encodingRepeated, dispositionRepeated
    case contentTypeSyntax, dispositionSyntax, encodingSyntax, encodingUnknown, encodedComposite
    // Parameters (RFC 2231).
    case parameterSyntax, parameterRepeated, parameterOrder, parameterGap, parameterTwoForms
    case parameterEncoding, namesDiffer, unclosedQuote, unclosedComment
    // Multipart (RFC 2046 §5.1).
    case boundaryMissing, boundarySyntax, boundaryNotFound, boundaryPrefixed, boundaryReused
    case endDelimiterMissing, partsAfterEnd, delimiterPadded
    // Words and text (RFC 2047, charsets).
    case encodedWordInQuotes, encodedWordSyntax, encodedWordSplit, encodedWordTooLong
    case charsetUnknown, charsetGuessed, charsetMalformed, addressSyntax, dateSyntax
    // Codings.
    case base64Junk, base64Padding, base64Truncated, base64AfterEnd
    case quotedPrintableSyntax, quotedPrintableLineTooLong
    case uuencodeSyntax, uuencodeTruncated, yEncSyntax, yEncSize, yEncChecksum
    case binHexSyntax, binHexChecksum, tnefSyntax, tnefChecksum
    // Bounds: something was left unread.
    case limitDepth, limitParts, limitHeader, limitReadings, limitWork, limitDecoded, limitDefects
  }
}

extension Defect.Kind {
  /// Whether a part of the message was left unread: it can't be judged and is held.
  package var isLimit: Bool { rawValue.hasPrefix("limit") }
}

/// Defects in the order found, at most `limit` of them.
package struct DefectList: Sendable {
  package private(set) var all: [Defect] = []

  /// Enough to explain a message; a hostile one may earn millions.
  package static let limit = 1000

  package init() {}

  package mutating func note(_ kind: Defect.Kind, _ run: Int, _ range: Range<Int>) {
    append(Defect(kind, Place(run: run, range)))
  }

  package mutating func append(_ defect: Defect) {
    guard all.count < Self.limit else {
      if all.last?.kind != .limitDefects { all.append(Defect(.limitDefects, defect.place)) }
      return
    }
    all.append(defect)
  }

  package mutating func append(contentsOf defects: some Sequence<Defect>) {
    for defect in defects { append(defect) }
  }
}
