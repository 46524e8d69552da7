import Mail

/// The parts of a mail that brings a report, as Mail reads them: of each the reading that most mail
/// programs see, within bounds far below a message's own. A report that only an odd reading shows is none.
struct ReportMail {
  /// One part that is divided no further.
  struct Part {
    fileprivate let message: Message
    fileprivate let reading: Reading

    /// In lower case, without parameters: `application/gzip`.
    var type: String { "\(reading.contentType.type)/\(reading.contentType.subtype)" }

    /// Its octets, decoded.
    var content: [UInt8] { message.content(of: reading).octets }
  }

  let parts: [Part]

  static let partLimit = 64
  static let depthLimit = 8
  /// Octets of a mail: a report of 10 MB in base 64, and room.
  static let sizeLimit = 50 << 20

  init(_ bytes: [UInt8]) throws(ReportRefusal) {
    guard bytes.count <= Self.sizeLimit else { throw .tooMuch("octets", limit: Self.sizeLimit) }
    var limits = MessageLimits()
    limits.depth = Self.depthLimit
    limits.parts = Self.partLimit
    limits.alternativeParts = 0
    limits.alternativeWork = 0
    limits.readings = 1
    let message = Message(bytes, limits: limits)
    for defect in message.defects {
      switch defect.kind {
      case .limitParts: throw .tooMuch("parts", limit: Self.partLimit)
      case .limitDepth: throw .tooMuch("parts inside each other", limit: Self.depthLimit)
      default: break
      }
    }
    parts = message.parts.compactMap { part in
      guard let reading = part.readings.first else { return nil }
      switch reading.content {
      // What is inside a message is its own; the whole of it may be the original that a report is about.
      case .leaf, .message: return Part(message: message, reading: reading)
      case .multipart, .unread: return nil
      }
    }
  }
}
