package import Mail

/// Answers from a text in the manner of a zone file: the DNS of tests and of the simulator.
///
/// ```
/// example.test      MX    10 mail.example.test
/// mail.example.test A     192.0.2.1
/// www.example.test  CNAME mail.example.test
/// silent.test       FAIL  TIMEOUT          ; or SERVFAIL, BOGUS
/// ```
/// A name that stands nowhere does not exist. `;` begins a comment.
package struct ZoneResolver: Resolver {
  private struct Record: Sendable {
    let type: String
    let fields: [String]
  }

  private var records: [String: [Record]] = [:]
  private let isSecure: Bool

  /// RFC 1034 §3.6.2 wants no chains; libunbound follows eleven.
  private static let aliasLimit = 11

  package init(_ zone: String, isSecure: Bool = false) {
    self.isSecure = isSecure
    for line in zone.split(separator: "\n") {
      let words = line.prefix { $0 != ";" }.split(separator: " ").map(String.init)
      guard words.count >= 3 else { continue }
      let record = Record(type: words[1].uppercased(), fields: Array(words.dropFirst(2)))
      records[Self.key(words[0]), default: []].append(record)
    }
  }

  private static func key(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }

  private func find(_ name: String, _ type: String) -> Result<[Record], DNSFailure> {
    var name = Self.key(name)
    for _ in 0...Self.aliasLimit {
      guard let all = records[name] else { return .failure(.noSuchName) }
      if let failure = all.first(where: { $0.type == "FAIL" }) {
        switch failure.fields.first {
        case "TIMEOUT": return .failure(.timedOut)
        case "BOGUS": return .failure(.bogus("the zone says so"))
        default: return .failure(.serverFailure("SERVFAIL"))
        }
      }
      let found = all.filter { $0.type == type }
      if !found.isEmpty { return .success(found) }
      guard let alias = all.first(where: { $0.type == "CNAME" }) else {
        return .failure(.noRecords)
      }
      name = Self.key(alias.fields[0])
    }
    return .failure(.serverFailure("SERVFAIL"))
  }

  private func answer<Value: Hashable & Sendable>(
    _ name: String, _ type: String, _ read: ([String]) -> Value?
  ) -> Result<DNSAnswer<Value>, DNSFailure> {
    find(name, type).flatMap { records in
      let values = records.compactMap { read($0.fields) }
      return values.isEmpty
        ? .failure(.noRecords) : .success(DNSAnswer(values, isSecure: isSecure))
    }
  }

  package func mailExchangers(
    of name: Domain
  ) async -> Result<DNSAnswer<MailExchanger>, DNSFailure> {
    answer(name.ascii, "MX") { fields in
      guard fields.count == 2, let preference = UInt16(fields[0]) else { return nil }
      if fields[1] == "." { return MailExchanger(preference: preference, host: nil) }
      return Domain(Self.key(fields[1])).map { MailExchanger(preference: preference, host: $0) }
    }
  }

  package func addresses(of name: Domain) async -> Result<DNSAnswer<IPAddress>, DNSFailure> {
    AddressAnswer.joined(
      answer(name.ascii, "AAAA") { IPAddress($0[0]) }, answer(name.ascii, "A") { IPAddress($0[0]) })
  }

  package func texts(of name: Domain) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    answer(name.ascii, "TXT") { Array($0.joined(separator: " ").utf8) }
  }

  package func names(of address: IPAddress) async -> Result<DNSAnswer<Domain>, DNSFailure> {
    answer(address.reverseName, "PTR") { Domain(Self.key($0[0])) }
  }
}
