/// A message, read every way: one immutable run of octets, and parts that are places in it.
///
/// Nothing is copied but what must be decoded to be read further. Where clients would read differently, a
/// part has several readings, and together they are what inspection judges
/// (draft-chen-email-mime-ambiguity-defense).
package struct Message: Sendable {
  /// Run 0 is what came; see `Place`.
  package internal(set) var runs: [[UInt8]]
  /// Part 0 is the message itself. Parts of one multipart stand together.
  package internal(set) var parts: [Part]
  package internal(set) var defects: [Defect]

  /// Reads `bytes` within `limits`; time and memory are linear in their count.
  package init(_ bytes: [UInt8], limits: MessageLimits = MessageLimits()) {
    var parser = MessageParser(bytes, limits)
    parser.parse()
    runs = parser.runs
    parts = parser.parts
    defects = parser.defects.all
  }

  package var root: Part { parts[0] }

  /// The octets at a place.
  package func octets(_ place: Place) -> ArraySlice<UInt8> { runs[place.run][place.range] }

  /// Whether something was left unread.
  package var isIncomplete: Bool { defects.contains { $0.kind.isLimit } }
}

/// What bounds the reading of one message. A bound that is hit is a defect, and the rest unread.
package struct MessageLimits: Sendable {
  /// Multiparts and messages within one another; Postfix stops at 100 (mime_nesting_limit).
  package var depth = 100
  /// Parts of the first readings: a digest of a busy month stays below.
  package var parts = 5000
  /// Parts that other readings add.
  package var alternativeParts = 1000
  /// Readings of one part.
  package var readings = 8
  /// Octets that other readings may look at, as a multiple of the message's.
  package var alternativeWork = 4
  /// Octets of runs that had to be decoded before they could be divided, as a multiple of the message's.
  package var decodedWork = 3
  /// Delimiter lines compared, all levels together: keeps 100 levels of many lines linear.
  package var comparisons = 20_000_000

  package init() {}
}
