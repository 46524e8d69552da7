package import Mail

/// The domain that a message claims to be from: that of every mailbox in its one From field
/// (RFC 9989 §5.3.1).
///
/// A message with two From fields, with mailboxes of two domains, or with a From that can't be read
/// is not DMARC's to judge; which of the two a person sees is for the one who shows it to choose,
/// so such a message is never called proven. A second From also stands where only some readers see one:
/// behind a line that is no field.
package enum AuthorDomain: Hashable, Sendable {
  case one(Domain)
  /// No From, or nobody with a domain in it: an address literal has none.
  case none
  case several
  case unreadable

  /// Reads a header section. `bytes` are those that `fields` were read from.
  package init(of fields: HeaderFields, in bytes: [UInt8]) { self.init(fields.fields, bytes) }

  package init(of header: SignatureHeader) {
    self.init(header.fields, header.bytes)
    guard header.mayGoOn else { return }
    let bytes = header.bytes
    let lenient = HeaderFields(bytes, in: 0..<bytes.count, leniency: .skipsStrangeLines)
    let count = Self.values(lenient.fields, bytes).count
    if count > Self.values(header.fields, bytes).count { self = .several }
  }

  private init(_ fields: [HeaderFields.Field], _ bytes: [UInt8]) {
    let values = Self.values(fields, bytes)
    switch values.count {
    case 0: self = .none
    case 1: self.init(parsing: bytes[values[0]])
    default: self = .several
    }
  }

  private static func values(
    _ fields: [HeaderFields.Field], _ bytes: [UInt8]
  ) -> [Range<Int>] {
    fields.filter { field in
      let name = bytes[field.name].filter { $0 != 0x20 && $0 != 0x09 }
      return name.count == 4 && zip(name, "from".utf8).allSatisfy { $0 | 0x20 == $1 }
    }.map(\.value)
  }

  /// Reads the value of one From field.
  package init(parsing value: ArraySlice<UInt8>) {
    var parser = AddressListParser(value)
    guard let hosts = parser.hosts() else {
      self = .unreadable
      return
    }
    var domains = Set<Domain>()
    for host in hosts where host.first != 0x5B {
      guard let domain = Self.domain(host) else {
        self = .unreadable
        return
      }
      domains.insert(domain)
    }
    let hasLiteral = hosts.contains { $0.first == 0x5B }
    switch domains.count {
    case 0: self = .none
    case 1 where !hasLiteral: self = domains.first.map(AuthorDomain.one) ?? .none
    default: self = .several
    }
  }

  /// Letters beyond ASCII as programs map them before they ask (UTS #46): composed or not, mathematical
  /// or plain, what is written to one domain is judged by its policy (RFC 9989 §5.3.1).
  private static func domain(_ host: [UInt8]) -> Domain? {
    host.allSatisfy { $0 < 0x80 } ? try? Domain(parsing: host) : WebHost.mapped(host)
  }
}
