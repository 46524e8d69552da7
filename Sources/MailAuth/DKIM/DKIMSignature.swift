package import Mail

/// One DKIM-Signature field (RFC 6376 §3.5) whose syntax is right; whether it holds is another
/// matter.
package struct DKIMSignature: Sendable {
  package let terms: SignatureTerms
  package let scope: SignatureScope
  /// `i=` as it stands, `@example.jp` where it does not.
  package let identity: String
  /// The domain of `i=`: that of `d=` or one below it.
  package let identityDomain: Domain
  /// `z=`, for diagnosis only.
  package let copies: [DKIMFieldCopy]

  /// Reads what stands behind the colon.
  package init(_ value: ArraySlice<UInt8>) throws(SignatureFault) {
    try self.init(value, try SignatureTerms.tags(value))
  }

  init(_ value: ArraySlice<UInt8>, _ tags: TagList) throws(SignatureFault) {
    guard try SignatureTerms.required("v", tags).elementsEqual([0x31]) else {
      throw SignatureFault(.version, "its version is not 1")
    }
    terms = try SignatureTerms(value, tags)
    scope = try SignatureScope(tags)
    guard scope.names.contains("from") else {
      throw SignatureFault(.fromUnsigned, "it does not sign From")
    }
    (identity, identityDomain) = try Self.identity(tags, terms.domain)
    copies = DKIMFieldCopy.all(tags.compact("z") ?? [])
  }

  /// `[ Local-part ] "@" domain-name`, in dkim-quoted-printable; a domain has no `@`, so the last
  /// one splits.
  private static func identity(
    _ tags: TagList, _ domain: Domain
  ) throws(SignatureFault) -> (String, Domain) {
    guard let octets = tags.compact("i") else { return ("@\(domain)", domain) }
    guard let at = octets.lastIndex(of: 0x40), let text = String(validating: octets, as: UTF8.self),
      let own = try? Domain(parsing: octets[(at + 1)...])
    else { throw SignatureFault(.syntax, "its i= is no identity") }
    guard own.isWithin(domain) else {
      throw SignatureFault(.identity, "its i= is not within its d=")
    }
    return (text, own)
  }
}

/// A header field as it was when it was signed (`z=`).
package struct DKIMFieldCopy: Hashable, Sendable {
  /// Lower case.
  package let name: String
  package let value: [UInt8]

  /// `z-copy *( "|" z-copy )`; what does not fit is left out, since it proves nothing.
  static func all(_ octets: [UInt8]) -> [DKIMFieldCopy] {
    octets.split(separator: 0x7C).prefix(SignatureScope.nameLimit).compactMap { part in
      guard let colon = part.firstIndex(of: 0x3A), colon > part.startIndex else { return nil }
      let name = SignatureCanonicalization.lowered(part[..<colon])
      return DKIMFieldCopy(
        name: String(decoding: name, as: UTF8.self), value: unquoted(part[(colon + 1)...]))
    }
  }

  /// dkim-quoted-printable (RFC 6376 §2.11): `=20` for a blank; a `=` that begins nothing stays.
  static func unquoted(_ octets: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var position = octets.startIndex
    while position < octets.endIndex {
      let byte = octets[position]
      if byte == 0x3D, octets.endIndex - position > 2,
        let high = digit(octets[position + 1]), let low = digit(octets[position + 2])
      {
        output.append(high << 4 | low)
        position += 3
      } else {
        output.append(byte)
        position += 1
      }
    }
    return output
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
