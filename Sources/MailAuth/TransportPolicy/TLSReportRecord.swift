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

  init(_ uri: URIText) {
    self.uri = uri.text
    mailbox = uri.mailbox
    host = uri.host
  }
}
