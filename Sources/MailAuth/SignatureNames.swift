/// Which header fields we sign (RFC 6376 §5.4.1).
///
/// A field that readers see or that changes how a message is read is signed once more than it
/// stands there (§8.15), so nobody can add a second Subject, or a Content-Type where there was
/// none. Sender and the list fields are signed where they stand; a list may set its own where they
/// don't.
enum SignatureNames {
  private static let oversigned = [
    "from", "reply-to", "subject", "date", "message-id", "to", "cc", "in-reply-to", "references",
    "mime-version", "content-type", "content-transfer-encoding",
  ]
  private static let signedWhereThere = [
    "sender", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-post", "list-help",
    "content-disposition", "content-id", "auto-submitted",
  ]

  /// Fields of one name that are signed; RFC 5322 §3.6 allows one of most.
  private static let countLimit = 10

  /// For a DKIM-Signature.
  static func dkim(_ header: SignatureHeader) throws(SigningFailure) -> [String] {
    guard header.places(of: "from").count == 1 else {
      throw SigningFailure(description: "a message with one From is signed, no other")
    }
    return try all(header, extra: 1)
  }

  /// For an ARC-Message-Signature, which covers the DKIM signatures of before, but no ARC field and
  /// no Authentication-Results (RFC 8617 §4.1.2).
  static func arc(_ header: SignatureHeader) throws(SigningFailure) -> [String] {
    let signatures = min(header.places(of: "dkim-signature").count, countLimit)
    // A list must not be empty, and From belongs to every one (RFC 6376 §5.4).
    let from = header.places(of: "from").isEmpty ? ["from"] : []
    return try from + all(header, extra: 0) + Array(repeating: "dkim-signature", count: signatures)
  }

  private static func all(
    _ header: SignatureHeader, extra: Int
  ) throws(SigningFailure) -> [String] {
    guard header.takesFieldInFront, !header.isTooLarge else {
      throw SigningFailure(
        description: "the header begins with a blank or a mailbox's From line, or is too large")
    }
    var names: [String] = []
    for name in oversigned {
      let count = header.places(of: name).count
      guard count <= countLimit else {
        throw SigningFailure(description: "a message with \(count) \(name) fields is not signed")
      }
      names += Array(repeating: name, count: count + extra)
    }
    for name in signedWhereThere {
      names += Array(repeating: name, count: min(header.places(of: name).count, countLimit))
    }
    return names
  }
}
