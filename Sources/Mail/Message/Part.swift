/// One entity of a message: a header section and a body, in every plausible reading.
package struct Part: Sendable {
  /// Which of the message's runs it stands in, and where: header and body.
  package let run: Int
  package let range: Range<Int>
  /// How many multiparts and messages stand around it.
  package let depth: Int
  /// At least one; the first is what most clients see.
  package internal(set) var readings: [Reading] = []
}

/// One way to read a part. Content that appears in any reading may reach a person, so inspection looks
/// at all of them.
package struct Reading: Sendable {
  /// What made clients differ; nil for the first reading of a part.
  package let ambiguity: Ambiguity?
  package let header: HeaderFields
  /// The run that header and body stand in: the part's, but for `bareCREndsLine` and `nulDropped`.
  package let run: Int
  /// The body, still encoded.
  package let body: Range<Int>
  package let contentType: ContentType
  package let encoding: TransferEncoding
  package let disposition: Disposition?
  /// The last, when there are several.
  package let otherDisposition: Disposition?
  package internal(set) var content = Content.leaf
}

/// What a reading makes of the body.
package enum Content: Sendable {
  /// Nothing to divide; its octets come from `Message.contents`.
  case leaf
  case multipart(Multipart)
  /// A message within (`message/rfc822`, `partial`, `external-body`): the index of its part.
  case message(Int)
  /// Left unread at a bound, which is recorded.
  case unread
}

/// A divided body (RFC 2046 §5.1.1); ranges are in `run`: the reading's, unless the body had to
/// be decoded first.
package struct Multipart: Sendable {
  package let run: Int
  package let boundary: [UInt8]
  package let preamble: Range<Int>?
  package let epilogue: Range<Int>?
  /// Indexes into `Message.parts`.
  package let children: Range<Int>
}

/// Why a part has more than one reading.
package enum Ambiguity: String, Hashable, Codable, Sendable, CaseIterable {
  /// Content-Type or Content-Transfer-Encoding is given twice: the last counts.
  case lastContentType, lastEncoding
  /// `boundary` is given twice or can be read in two ways: another counts.
  case otherBoundary
  /// Fields with white space before the colon are not seen.
  case strictFieldNames
  /// A strange header line, or empty lines before all fields, are skipped instead of ending the header
  /// section.
  case strangeLineSkipped
  /// A line of nothing but white space ends the header section instead of folding a field.
  case blankLineEndsHeader
  /// Lines that only begin with the delimiter divide, too.
  case boundaryPrefix
  /// The inner of two multiparts with one boundary takes the delimiters.
  case innerBoundary
  /// No boundary, or one that never appears: the first line with two hyphens is taken for it.
  case guessedBoundary
  /// Parts behind the closing delimiter count.
  case partsAfterEnd
  /// The body is decoded before it is divided, although RFC 2045 §6.4 forbids the encoding.
  case decodedFirst
  /// The body is taken as it stands.
  case notDecoded
  /// A lone CR ends a line.
  case bareCREndsLine
  /// NULs are not there.
  case nulDropped
}
