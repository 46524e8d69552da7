package import Mail

/// The two kinds of internet address, which the DNS keeps in records of two types.
package enum AddressFamily: Hashable, Sendable {
  case v4
  case v6

  package init(of address: IPAddress) {
    if case .v4 = address { self = .v4 } else { self = .v6 }
  }

  package var recordType: RecordType { self == .v4 ? .a : .aaaa }
}

/// An MX record (RFC 1035 §3.3.9).
package struct MailExchanger: Hashable, Sendable {
  package let preference: UInt16
  /// Nil for the root: the domain takes no mail (RFC 7505).
  package let host: DNSName?

  package init(preference: UInt16, host: DNSName?) {
    self.preference = preference
    self.host = host
  }
}

extension Resolver {
  package func mailExchangers(
    of name: DNSName, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<MailExchanger>, DNSFailure> {
    await read(.mx, name, limit, RecordData.mailExchanger)
  }

  /// Addresses of one family only.
  package func addresses(
    of name: DNSName, family: AddressFamily, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<IPAddress>, DNSFailure> {
    await read(family.recordType, name, limit, RecordData.address)
  }

  /// IPv6 first, then IPv4, each in the order of the answer; a failure only when neither gives any.
  package func addresses(
    of name: DNSName, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<IPAddress>, DNSFailure> {
    async let six = addresses(of: name, family: .v6, within: limit)
    async let four = addresses(of: name, family: .v4, within: limit)
    return AddressAnswer.joined(await six, await four)
  }

  /// Each record's strings joined (RFC 7208 §3.3), raw octets.
  package func texts(
    of name: DNSName, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    await read(.txt, name, limit, RecordData.text)
  }

  /// The names of an address (RFC 1035 §3.5, RFC 3596 §2.5).
  package func names(
    of address: IPAddress, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<DNSName>, DNSFailure> {
    await read(.ptr, address.reverseName, limit, RecordData.name)
  }

  /// Where a name leads as an alias, itself not followed (RFC 1034 §3.6.2).
  package func alias(
    of name: DNSName, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<DNSName>, DNSFailure> {
    await read(.cname, name, limit, RecordData.name)
  }

  /// The certificates a service says it has (RFC 6698); `name` is `_25._tcp.` and the host's name.
  package func certificateAssociations(
    of name: DNSName, within limit: Duration? = nil
  ) async -> Result<DNSAnswer<CertificateAssociation>, DNSFailure> {
    await read(.tlsa, name, limit, RecordData.certificateAssociation)
  }

  /// Data that does not fit its type is passed over.
  private func read<Record: Hashable & Sendable>(
    _ type: RecordType, _ name: DNSName, _ limit: Duration?, _ reader: ([UInt8]) -> Record?
  ) async -> Result<DNSAnswer<Record>, DNSFailure> {
    await records(type, of: name, within: limit).flatMap { raw in
      let records = raw.records.compactMap(reader)
      guard !records.isEmpty else { return .failure(.noRecords) }
      return .success(
        DNSAnswer(records, isSecure: raw.isSecure, canonicalName: raw.canonicalName))
    }
  }
}

// The same of names that may stand in an address.
extension Resolver {
  package func mailExchangers(
    of domain: Domain
  ) async -> Result<DNSAnswer<MailExchanger>, DNSFailure> {
    await mailExchangers(of: DNSName(domain))
  }

  package func addresses(of domain: Domain) async -> Result<DNSAnswer<IPAddress>, DNSFailure> {
    await addresses(of: DNSName(domain))
  }

  package func texts(of domain: Domain) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    await texts(of: DNSName(domain))
  }
}
