package import DNS
package import Mail

/// The TXT record at `_smtp._tls.` that says where reports on TLS go (RFC 8460 §3):
/// `v=TLSRPTv1; rua=mailto:tls@example.jp,https://example.jp/tls`
package struct TLSReportRecord: Hashable, Sendable {
  /// At least one, in the order of the record.
  package let addresses: [TLSReportAddress]

  /// Addresses of one record; the rest is passed over.
  package static let addressLimit = 16

  package init(parsing bytes: [UInt8]) throws(SyntaxError) {
    var addresses: [TLSReportAddress] = []
    for (name, value) in try PolicyFields(version: "v=TLSRPTv1", bytes).fields {
      if name == "rua" {
        addresses += try Self.addresses(value)
      } else if !PolicyFields.isPlainValue(value) {
        throw SyntaxError(expected: "a value", at: value.startIndex)
      }
    }
    guard !addresses.isEmpty else { throw SyntaxError(expected: "rua", at: bytes.count) }
    self.addresses = Array(addresses.prefix(Self.addressLimit))
  }

  /// `tlsrpt-rua = %s"rua=" uri *(*WSP "," *WSP uri)`; a comma in a URI stands percent-encoded.
  private static func addresses(
    _ value: ArraySlice<UInt8>
  ) throws(SyntaxError) -> [TLSReportAddress] {
    var addresses: [TLSReportAddress] = []
    for part in value.split(separator: 0x2C, omittingEmptySubsequences: false) {
      let front = part.drop(while: PolicyFields.isBlank)
      let end = front.lastIndex { !PolicyFields.isBlank($0) }.map { $0 + 1 } ?? front.startIndex
      guard let uri = URIText(front[..<end]) else {
        throw SyntaxError(expected: "a URI", at: part.startIndex)
      }
      addresses.append(TLSReportAddress(uri))
    }
    return addresses
  }

  package static func find(
    for domain: Domain, _ resolver: any Resolver
  ) async -> RecordDiscovery<TLSReportRecord> {
    guard let name = Domain("_smtp._tls." + domain.ascii) else { return .none }
    return RecordDiscovery(await resolver.texts(of: name), version: "v=TLSRPTv1") {
      bytes throws(SyntaxError) in try TLSReportRecord(parsing: bytes)
    }
  }
}

/// Where a TLS report goes. Of other schemes than these two only the URI is known.
package struct TLSReportAddress: Hashable, Sendable {
  package let uri: String
  /// Of a `mailto:`.
  package let mailbox: Mailbox?
  /// Of an `https:`, the host; the report is POSTed to the URI.
  package let host: Domain?

  /// Of an `https:`, where on the host (RFC 9110 §4.2.2): its port, and the path with its query. Nil for one
  /// with a user's name or a port that is none.
  package var place: (port: UInt16, path: String)? {
    guard host != nil, let start = uri.utf8.firstIndex(of: 0x2F) else { return nil }
    let rest = uri.utf8[start...].dropFirst(2).prefix { $0 != 0x23 }
    let authority = rest.prefix { $0 != 0x2F && $0 != 0x3F }
    let path = rest[authority.endIndex...]
    guard !authority.contains(0x40) else { return nil }
    let front = path.first == 0x2F ? "" : "/"
    let words = authority.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2 else { return (443, front + String(decoding: path, as: UTF8.self)) }
    guard let port = UInt16(String(decoding: words[1], as: UTF8.self)), port > 0 else { return nil }
    return (port, front + String(decoding: path, as: UTF8.self))
  }

  init(_ uri: URIText) {
    self.uri = uri.text
    mailbox = uri.mailbox
    host = uri.host
  }
}
