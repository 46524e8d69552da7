package import Mail

/// What DKIM-Signature, ARC-Message-Signature and ARC-Seal say alike (RFC 6376 §3.5), read from
/// their tags.
///
/// RFC 6376 §6.1.1 wants every value looked at closely, so white space is dropped only where the
/// grammar has it: in base 64 and round the colons of lists.
package struct SignatureTerms: Hashable, Sendable {
  package let algorithm: SignatureAlgorithm
  package let domain: Domain
  package let selector: Domain
  /// Where the key's record stands (RFC 6376 §3.6.2.1).
  package let keyName: Domain
  /// `b=`, decoded.
  package let signature: [UInt8]
  /// `t=`, seconds since 1970.
  package let signedAt: Int64?
  /// The field's value with an empty `b=`: what is hashed last.
  package let blanked: [UInt8]

  /// Octets of one signature field: an 8192-bit signature over 500 names with its `z=`.
  package static let sizeLimit = 1 << 16

  init(_ value: ArraySlice<UInt8>, _ tags: TagList) throws(SignatureFault) {
    algorithm = try Self.algorithm(tags)
    domain = try Self.domain(tags)
    selector = try Self.selector(tags)
    signature = try Self.base64("b", tags)
    signedAt = try Self.seconds("t", tags)
    blanked = Self.blanked(Array(value), tags)
    guard let keyName = Domain(selector.ascii + "._domainkey." + domain.ascii) else {
      throw SignatureFault(.syntax, "s= and d= make no name of the DNS")
    }
    self.keyName = keyName
  }

  /// The tags of a signature field, or why it has none.
  static func tags(_ value: ArraySlice<UInt8>) throws(SignatureFault) -> TagList {
    guard value.count <= sizeLimit else {
      throw SignatureFault(.signatureTooLarge, "it has more than \(sizeLimit) octets")
    }
    do throws(SyntaxError) {
      return try TagList(Array(value))
    } catch {
      throw SignatureFault(.syntax, "its tags can't be read: \(error)")
    }
  }

  private static func blanked(_ value: [UInt8], _ tags: TagList) -> [UInt8] {
    guard let raw = tags.tags.first(where: { $0.name == "b" })?.raw else { return value }
    return Array(value[..<raw.lowerBound] + value[raw.upperBound...])
  }

  // MARK: Tags

  static func required(
    _ name: String, _ tags: TagList
  ) throws(SignatureFault) -> ArraySlice<UInt8> {
    guard let octets = tags.octets(name) else {
      throw SignatureFault(.missingTag, "it has no \(name)= tag")
    }
    guard !octets.isEmpty else { throw SignatureFault(.syntax, "its \(name)= tag is empty") }
    return octets
  }

  private static func algorithm(_ tags: TagList) throws(SignatureFault) -> SignatureAlgorithm {
    let name = String(decoding: try required("a", tags), as: UTF8.self)
    guard let algorithm = SignatureAlgorithm(rawValue: name) else {
      throw SignatureFault(.algorithm, "its algorithm is unknown")
    }
    guard algorithm != .rsaSHA1 else {
      throw SignatureFault(
        .historicAlgorithm, "rsa-sha1 is broken and may not be used any more (RFC 8301)")
    }
    return algorithm
  }

  /// `sub-domain 1*("." sub-domain)`: two labels at least, so nobody signs for `com`.
  private static func domain(_ tags: TagList) throws(SignatureFault) -> Domain {
    let octets = try required("d", tags)
    guard let domain = try? Domain(parsing: octets), domain.parent != nil else {
      throw SignatureFault(.syntax, "its d= is no domain")
    }
    return domain
  }

  private static func selector(_ tags: TagList) throws(SignatureFault) -> Domain {
    let octets = try required("s", tags)
    guard let selector = try? Domain(parsing: octets) else {
      throw SignatureFault(.syntax, "its s= is no selector")
    }
    return selector
  }

  static func base64(_ name: String, _ tags: TagList) throws(SignatureFault) -> [UInt8] {
    _ = try required(name, tags)
    guard let octets = tags.compact(name).flatMap({ Base64.decode($0) }), !octets.isEmpty else {
      throw SignatureFault(.syntax, "its \(name)= is no base 64")
    }
    return octets
  }

  /// `1*12DIGIT` (RFC 6376 §3.5, `t=` and `x=`).
  static func seconds(_ name: String, _ tags: TagList) throws(SignatureFault) -> Int64? {
    guard tags.octets(name) != nil else { return nil }
    let digits = try required(name, tags)
    guard digits.count <= 12, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw SignatureFault(.syntax, "its \(name)= is no time")
    }
    return digits.reduce(0) { $0 * 10 + Int64($1 & 15) }
  }
}
