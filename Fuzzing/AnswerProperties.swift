import DNS
import Mail
import MailAuth

// What must hold for the data of DNS answers, as a server sends it: of every type, and for what is made of
// it where mail goes.
extension Properties {
  /// Every name has this, whatever is asked. The first octet says whether DNSSEC proved it, and how many
  /// records it is.
  static func answer(_ bytes: [UInt8]) {
    guard let first = bytes.first, let domain = Domain("a.example"),
      let own = Domain("gate.example")
    else { return }
    let resolver = RawResolver(bytes.dropFirst(), count: Int(first >> 1) % 4 + 1, first & 1 == 1)
    let name = DNSName(domain)
    if case .success(let found) = wait({ await resolver.mailExchangers(of: name) }) {
      precondition(found.records.allSatisfy { $0.host != .root }, "the root takes mail")
    }
    if case .success(let found) = wait({ await resolver.texts(of: name) }) {
      precondition(found.records.allSatisfy { $0.count <= bytes.count }, "a text grew")
    }
    if case .success(let found) = wait({ await resolver.addresses(of: name) }) {
      for address in found.records {
        precondition(IPAddress("\(address)") == address, "\(address) does not read back")
      }
    }
    _ = wait { await resolver.names(of: .v4(0x7F00_0001)) }
    _ = wait { await STSRecord.find(for: domain, resolver) }
    _ = wait { await TLSReportRecord.find(for: domain, resolver) }
    let hosts = wait {
      var generator = SystemRandomNumberGenerator()
      return await MailHosts(resolver: resolver, ownName: own, ownAddresses: [])
        .find(domain, using: &generator)
    }
    guard case .success(let found) = hosts else { return }
    precondition(found.count <= 20, "more hosts than are looked at")
    for host in found {
      let finding = wait { await DANELookup(resolver).find(host, of: domain) }
      let isAsked = finding.policy != .absent
      precondition(!isAsked || first & 1 == 1, "what nobody proved is followed")
    }
  }

  /// A TLSA record in front, behind it what a server shows.
  static func tlsa(_ bytes: [UInt8]) {
    guard bytes.count > 4 else { return }
    let split = min(bytes.count, 4 + Int(bytes[3]))
    let record = CertificateAssociation(
      usage: bytes[0], selector: bytes[1], matchingType: bytes[2], octets: Array(bytes[4..<split]))
    let shown = Array(bytes[split...])
    precondition(!record.matches(shown) || record.isUsable, "what is unusable matches")
    let policy = DANEPolicy(.success(DNSAnswer([record, record], isSecure: true)))
    precondition(
      record.isUsable ? policy != .encrypt : policy == .encrypt, "the record is not taken as it is")
    precondition(
      DANEPolicy(.success(DNSAnswer([record], isSecure: false))) == .absent,
      "unproven, yet followed")
    if case .endEntity = DANEPolicy.match([shown], [record]) {
      precondition(record.usage == 3 && record.matches(shown), "a stranger is believed")
    }
    let spelt = record.words.split(separator: " ")
    precondition(spelt.count >= 3 && UInt8(spelt[0]) == record.usage, "it is not told as it is")
    let whole = CertificateAssociation(usage: 3, selector: 0, matchingType: 0, octets: shown)
    precondition(whole.matches(shown) == whole.isUsable, "a certificate is not itself")
  }

  static func tlsrpt(_ bytes: [UInt8]) {
    guard let record = try? TLSReportRecord(parsing: bytes) else { return }
    precondition(!record.addresses.isEmpty, "reports to nobody")
    precondition(record.addresses.count <= TLSReportRecord.addressLimit, "reports to everybody")
    for address in record.addresses {
      address.mailbox.map(same)
      precondition(!address.uri.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "an odd octet in a URI")
      guard let place = address.place else { continue }
      precondition(place.path.hasPrefix("/") && place.port > 0, "a report to nowhere")
      precondition(!place.path.contains("#"), "a fragment is sent")
    }
    let fields = bytes.count { $0 == 0x3B }
    guard bytes.last { $0 != 0x20 && $0 != 0x09 } != 0x3B, fields < 30 else { return }
    let more = try? TLSReportRecord(parsing: bytes + Array("; x=y".utf8))
    precondition(more?.addresses == record.addresses, "another field changes the addresses")
  }
}

/// A DNS that gives the same octets for everything.
private struct RawResolver: Resolver {
  let octets: [UInt8]
  let count: Int
  let isSecure: Bool

  init(_ octets: ArraySlice<UInt8>, count: Int, _ isSecure: Bool) {
    (self.octets, self.count, self.isSecure) = (Array(octets), count, isSecure)
  }

  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    let size = max(1, octets.count / count)
    let records = (0..<count).map { Array(octets.dropFirst($0 * size).prefix(size)) }
    return .success(DNSAnswer(records, isSecure: isSecure))
  }
}
