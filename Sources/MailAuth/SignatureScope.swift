/// What a signature over a message covers: the tags that DKIM-Signature and ARC-Message-Signature
/// have and ARC-Seal has not (RFC 6376 §3.5).
package struct SignatureScope: Hashable, Sendable {
  package let headerCanonicalization: SignatureCanonicalization
  package let body: SignatureBodyHasher.Request
  /// `bh=`, decoded.
  package let bodyHash: [UInt8]
  /// `h=`, lower case, in its order.
  package let names: [String]
  /// `x=`, seconds since 1970.
  package let expiresAt: Int64?

  /// Names in one `h=`; the longest in use, everything oversigned, has about 60.
  package static let nameLimit = 500

  /// `forgivesEmptyNames` for ARC, whose signers wrote `h=` and `a::b` (the published suite has
  /// both as valid); RFC 6376 §3.5 allows neither.
  /// `unnamed` is what a missing `c=` means.
  init(
    _ tags: TagList, forgivesEmptyNames: Bool = false,
    unnamed: SignatureCanonicalization = .simple
  ) throws(SignatureFault) {
    let canonicalization = try Self.canonicalization(tags, unnamed)
    headerCanonicalization = canonicalization.header
    body = .init(canonicalization.body, length: try Self.length(tags))
    bodyHash = try SignatureTerms.base64("bh", tags)
    names = try Self.names(tags, forgivesEmptyNames)
    expiresAt = try SignatureTerms.seconds("x", tags)
    if let expiresAt, let signedAt = try SignatureTerms.seconds("t", tags), expiresAt <= signedAt {
      throw SignatureFault(.syntax, "it expires before it was made")
    }
    try Self.checkQuery(tags)
  }

  /// `c=`: header and body, `simple` where one is not named.
  private static func canonicalization(
    _ tags: TagList, _ unnamed: SignatureCanonicalization
  ) throws(SignatureFault) -> (header: SignatureCanonicalization, body: SignatureCanonicalization) {
    guard tags.octets("c") != nil else { return (unnamed, unnamed) }
    let text = String(decoding: try SignatureTerms.required("c", tags), as: UTF8.self)
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let read = parts.compactMap { SignatureCanonicalization(rawValue: String($0)) }
    guard read.count == parts.count, read.count <= 2 else {
      throw SignatureFault(.syntax, "its canonicalisation is unknown")
    }
    return (read[0], read.count == 2 ? read[1] : .simple)
  }

  /// `1*76DIGIT`. Numbers beyond `Int` become its greatest: more than any body has.
  private static func length(_ tags: TagList) throws(SignatureFault) -> Int? {
    guard tags.octets("l") != nil else { return nil }
    let digits = try SignatureTerms.required("l", tags)
    guard digits.count <= 76, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw SignatureFault(.syntax, "its l= is no length")
    }
    return Int(String(decoding: digits, as: UTF8.self)) ?? .max
  }

  private static func names(
    _ tags: TagList, _ forgivesEmpty: Bool
  ) throws(SignatureFault) -> [String] {
    guard let octets = tags.compact("h") else {
      throw SignatureFault(.missingTag, "it has no h= tag")
    }
    let parts = octets.split(separator: 0x3A, omittingEmptySubsequences: forgivesEmpty)
    guard parts.count <= nameLimit else {
      throw SignatureFault(.tooManyNames, "its h= has more than \(nameLimit) names")
    }
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
      throw SignatureFault(.syntax, "its h= is no list of header fields")
    }
    return parts.map { String(decoding: SignatureCanonicalization.lowered($0), as: UTF8.self) }
  }

  /// `q=`: methods that nobody knows are passed over, but one must be the DNS.
  private static func checkQuery(_ tags: TagList) throws(SignatureFault) {
    guard tags.octets("q") != nil else { return }
    let methods = (tags.compact("q") ?? []).split(separator: 0x3A)
    guard methods.contains(where: { $0.elementsEqual("dns/txt".utf8) }) else {
      throw SignatureFault(.queryMethod, "its key is not to be had from the DNS")
    }
  }

  // MARK: Judgement

  /// Seconds by which a signer's clock may be ahead: one that takes local time for UTC errs by
  /// hours, and a date in the future wins nobody anything.
  package static let clockTolerance: Int64 = 86_400

  /// RFC 6376 §3.5 lets a verifier refuse what has expired or comes from the future.
  func checkTime(_ terms: SignatureTerms, now: Int64) throws(SignatureFault) {
    if let expiresAt, now > expiresAt {
      throw SignatureFault(.expired, "it expired \(Self.span(now - expiresAt)) ago")
    }
    if let signedAt = terms.signedAt, signedAt > now + Self.clockTolerance {
      throw SignatureFault(.fromTheFuture, "it was made in \(Self.span(signedAt - now))")
    }
  }

  private static func span(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) seconds"
    case ..<7200: "\(seconds / 60) minutes"
    case ..<172_800: "\(seconds / 3600) hours"
    default: "\(seconds / 86_400) days"
    }
  }

  func checkBody(_ hashes: SignatureBodyHashes) throws(SignatureFault) {
    guard let digest = hashes.digest(body) else {
      throw SignatureFault(.bodyTooShort, "the body is shorter than its l= says")
    }
    guard digest == bodyHash else {
      throw SignatureFault(.bodyHash, "the body was changed on its way")
    }
  }
}
