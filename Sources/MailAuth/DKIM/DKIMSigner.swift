package import Mail

/// Signs messages of one domain with one key, relaxed/relaxed where nobody wants it otherwise (RFC 6376 §5). For RSA and Ed25519
/// together there are two signers, and the fields of both go in front of the message (RFC 8463 §5).
package struct DKIMSigner: Sendable {
  package let domain: Domain
  package let selector: Domain
  package let key: SignaturePrivateKey
  /// `x=`, so long after signing; nil for never.
  package var lifetimeSeconds: Int?
  /// How the body is hashed.
  package var body = SignatureCanonicalization.relaxed

  package init(domain: Domain, selector: Domain, key: SignaturePrivateKey) {
    self.domain = domain
    self.selector = selector
    self.key = key
  }

  /// The body's hash that `sign` needs, as long as `body` is left alone.
  package static let bodyHash = SignatureBodyHasher.Request(.relaxed)

  private var bodyHash: SignatureBodyHasher.Request { .init(body) }

  /// The DKIM-Signature field with its CRLF, to be put in front of the message as it leaves:
  /// whatever is changed afterwards breaks it.
  package func sign(
    _ header: SignatureHeader, _ hashes: SignatureBodyHashes, now: Timestamp
  ) throws(SigningFailure) -> [UInt8] {
    guard let bodyHash = hashes.digest(self.bodyHash) else {
      throw SigningFailure(description: "the body was not hashed")
    }
    let names = try SignatureNames.dkim(header)
    func field(_ signature: String) -> [UInt8] {
      var writer = SignatureFieldWriter("DKIM-Signature")
      writer.tag("v", "1")
      writer.tag("a", key.type.algorithm.rawValue)
      writer.tag("c", "relaxed/\(body.rawValue)")
      writer.tag("d", domain.ascii)
      writer.tag("s", selector.ascii)
      writer.tag("t", "\(now.seconds)")
      if let lifetimeSeconds { writer.tag("x", "\((now + lifetimeSeconds).seconds)") }
      writer.list("h", names)
      writer.tag("bh", Base64.encode(bodyHash))
      writer.signature(signature)
      return writer.bytes
    }
    let octets = header.octetsToSign(names, field(""))
    return field(Base64.encode(try key.sign(octets))) + [0x0D, 0x0A]
  }

  /// The fields of all signers for a message that is in memory anyway.
  package static func sign(
    _ message: [UInt8], with signers: [DKIMSigner], now: Timestamp
  ) throws(SigningFailure) -> [UInt8] {
    let header = SignatureHeader(message)
    let hashes = SignatureBodyHasher.hashes(
      of: message[header.bodyStart...], Set(signers.map(\.bodyHash)))
    var fields: [UInt8] = []
    for signer in signers { fields += try signer.sign(header, hashes, now: now) }
    return fields
  }
}

extension SignatureHeader {
  /// What a field signs that is not yet part of the message: the chosen fields, then itself (RFC
  /// 6376 §3.7).
  func octetsToSign(_ names: [String], _ field: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = []
    for place in select(names, without: nil) { append(place, .relaxed, to: &octets) }
    return octets + Self.relaxed(field).dropLast(2)
  }

  /// A field in relaxed form with its CRLF.
  static func relaxed(_ field: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = []
    let colon = field.firstIndex(of: 0x3A) ?? field.endIndex
    SignatureCanonicalization.relaxed.appendField(
      name: field[..<colon], value: field[min(colon + 1, field.endIndex)...], to: &octets)
    return octets
  }
}
