import Mail

/// What a message is signed as, which `s=` of a key record may restrict.
package enum SignatureService: String, Sendable {
  case mail
  /// RFC 8460 §3: keys of their own, and the whole body.
  case tlsReports = "TLS reports"

  var keyNames: Set<String> { self == .mail ? ["*", "email"] : ["*", "email", "tlsrpt"] }
}

/// A key record, `v=DKIM1; k=rsa; p=…` (RFC 6376 §3.6.1), as DKIM and ARC ask for it.
package struct SignatureKeyRecord: Sendable {
  /// `k=`; nil for a kind that nobody knows.
  package let keyType: SignatureKeyType?
  /// `h=`; nil for any.
  package let hashes: [String]?
  /// `p=`; empty when the key was revoked.
  package let publicKey: [UInt8]
  /// `s=`.
  package let services: [String]
  /// `t=`: `y` tests, `s` wants `i=` to be of the very domain.
  package let flags: [String]

  package var isRevoked: Bool { publicKey.isEmpty }
  package var isTesting: Bool { flags.contains("y") }
  package var isStrict: Bool { flags.contains("s") }

  /// Octets of a record: an 8192-bit key takes 1,400.
  package static let sizeLimit = 8192

  package init(_ text: [UInt8]) throws(SignatureFault) {
    guard text.count <= Self.sizeLimit else {
      throw SignatureFault(.keyTooLarge, "its key record has more than \(Self.sizeLimit) octets")
    }
    guard let tags = try? TagList(text) else {
      throw SignatureFault(.keySyntax, "its key record can't be read")
    }
    try Self.checkVersion(tags)
    guard let key = tags.compact("p") else {
      throw SignatureFault(.keySyntax, "its key record has no key")
    }
    guard let decoded = Base64.decode(key) else {
      throw SignatureFault(.keySyntax, "the key in its record is no base 64")
    }
    publicKey = decoded
    keyType = tags.text("k").map { SignatureKeyType(rawValue: $0) } ?? .rsa
    hashes = tags.text("h").map(Self.list)
    services = tags.text("s").map(Self.list) ?? ["*"]
    flags = tags.text("t").map(Self.list) ?? []
  }

  /// `v=` stands first and says DKIM1, or does not stand at all.
  private static func checkVersion(_ tags: TagList) throws(SignatureFault) {
    guard let version = tags.octets("v") else { return }
    guard tags.tags[0].name == "v", version.elementsEqual("DKIM1".utf8) else {
      throw SignatureFault(.keySyntax, "its key record is of another version")
    }
  }

  private static func list(_ text: String) -> [String] {
    text.utf8.split(separator: 0x3A).map { String(decoding: Array($0), as: UTF8.self) }
  }

  /// The key, if it may verify that algorithm for that service (RFC 6376 §6.1.2, steps 6 to 8).
  package func key(
    for algorithm: SignatureAlgorithm, _ service: SignatureService = .mail
  ) throws(SignatureFault) -> SignaturePublicKey {
    if let hashes, !hashes.contains(algorithm.hashName) {
      throw SignatureFault(.keyHash, "its key is not for \(algorithm.hashName)")
    }
    guard !isRevoked else { throw SignatureFault(.keyRevoked, "its key was revoked") }
    guard services.contains(where: service.keyNames.contains) else {
      throw SignatureFault(.keyService, "its key is not for \(service.rawValue)")
    }
    guard let keyType, keyType == algorithm.keyType else {
      throw SignatureFault(.keyAlgorithm, "its key is not for \(algorithm.rawValue)")
    }
    return try SignaturePublicKey(publicKey, keyType)
  }
}
