package import DNS
package import Mail

/// The TXT record at `_mta-sts.` that says that a domain has an MTA-STS policy, and which
/// (RFC 8461 §3.1): `v=STSv1; id=20260831085700Z;`
package struct STSRecord: Hashable, Sendable {
  /// Changes when the policy does; nothing else is meant by it.
  package let id: String

  /// `sts-id = %s"id=" 1*32(ALPHA / DIGIT)`.
  package static let idLimit = 32

  package init(parsing bytes: [UInt8]) throws(SyntaxError) {
    var id: String?
    for (name, value) in try PolicyFields(version: "v=STSv1", bytes).fields {
      guard PolicyFields.isPlainValue(value) else {
        throw SyntaxError(expected: "a value", at: value.startIndex)
      }
      guard name == "id" else { continue }
      guard id == nil, value.count <= Self.idLimit, value.allSatisfy(PolicyFields.isAlphanumeric)
      else { throw SyntaxError(expected: "one id", at: value.startIndex) }
      id = String(decoding: value, as: UTF8.self)
    }
    guard let id else { throw SyntaxError(expected: "an id", at: bytes.count) }
    self.id = id
  }

  package static func find(
    for domain: Domain, _ resolver: any Resolver
  ) async -> RecordDiscovery<STSRecord> {
    guard let name = Domain("_mta-sts." + domain.ascii) else { return .none }
    return RecordDiscovery(await resolver.texts(of: name), version: "v=STSv1") {
      bytes throws(SyntaxError) in try STSRecord(parsing: bytes)
    }
  }
}
