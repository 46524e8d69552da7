import DNS
import Foundation
import Mail
import MailAuth
import Testing
import Vectors

/// mox's and chasquid's tables of MTA-STS and TLS-RPT.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct TransportSuiteTests {
  private static let mox = "mta-sts-tlsrpt-dane/mox/"
  private static let chasquid = "mta-sts-tlsrpt-dane/chasquid/sts_test.jsonl"

  private func octets(_ value: Any) -> [UInt8] { Array((value as? String ?? "").utf8) }

  /// Each `good` call's text is read, and `expected` says what its second argument wants; each
  /// `bad` call's is not.
  private func tell<Value>(
    _ file: String, _ function: String, read: ([UInt8]) throws -> Value,
    isAs expected: (Value, [String: Any]) -> Bool
  ) throws -> Int {
    let good = try Suites.calls(Self.mox + file, function, "good")
    let bad = try Suites.calls(Self.mox + file, function, "bad")
    for call in good {
      let value = try? read(octets(call[0]))
      let isSame = value.map { expected($0, call[1] as? [String: Any] ?? [:]) }
      #expect(isSame == true, "\(call[0])")
    }
    for call in bad { #expect((try? read(octets(call[0]))) == nil, "\(call[0])") }
    return good.count + bad.count
  }

  @Test func `mox's MTA-STS records and policies are read as there`() throws {
    let file = "mtasts_parse_test.jsonl"
    let records = try tell(file, "TestRecord", read: { try STSRecord(parsing: $0) }) {
      $0.id == $1["ID"] as? String
    }
    let policies = try tell(file, "TestParsePolicy", read: { try STSPolicy(parsing: $0) }) {
      let hosts = ($1["MX"] as? [[String: Any]] ?? []).map { host in
        let name = (host["Domain"] as? [String: Any])?["ASCII"] as? String ?? ""
        return (host["Wildcard"] as? Bool == true ? "*." : "") + name
      }
      let mode = ($1["Mode"] as? [String: Any])?["$id"] as? String ?? ""
      return $0.hosts.map { "\($0)" } == hosts && mode.lowercased() == "mode" + $0.mode.rawValue
        && $0.maximumAgeSeconds == $1["MaxAgeSeconds"] as? Int
    }
    let path = Self.mox + "mtasts_mtasts_test.jsonl"
    var policy: STSPolicy?
    var matches = 0
    for name in ["ParsePolicy", "match", "not"] {
      for call in try Suites.calls(Self.mox + file, "TestMatches", name)
        + Suites.calls(path, "TestMatches", name)
      {
        if name == "ParsePolicy" {
          policy = try STSPolicy(parsing: octets(call[0]))
          continue
        }
        let host = try #require(Domain(call[0] as? String ?? ""))
        #expect(policy?.allows(host) == (name == "match"), "\(host)")
        matches += 1
      }
    }
    #expect(records > 15)
    #expect(policies > 20)
    #expect(matches == 5)
    print("mox MTA-STS: \(records) records, \(policies) policies, \(matches) matches, all met")
  }

  @Test func `mox's TLS-RPT records are read as there`() throws {
    let count = try tell(
      "tlsrpt_parse_test.jsonl", "TestRecord", read: { try TLSReportRecord(parsing: $0) }
    ) {
      $0.addresses.map(\.uri) == ($1["RUAs"] as? [[String]] ?? []).flatMap { $0 }
    }
    #expect(count > 15)
    print("mox TLS-RPT: \(count) records, all met")
  }

  /// A resolver of a Go table: names end with a dot, `Fail` names what fails.
  private func resolver(_ table: [String: Any]) -> RecordedResolver {
    var answers: [String: RecordedResolver.Answer] = [:]
    for (name, texts) in table["TXT"] as? [String: [String]] ?? [:] {
      answers[String(name.dropLast())] = .success(DNSAnswer(texts.map { Array($0.utf8) }))
    }
    for case let name as String in table["Fail"] as? [Any] ?? [] {
      answers[String(name.dropFirst(4).dropLast())] = .failure(.serverFailure("SERVFAIL"))
    }
    let aliases = table["CNAME"] as? [String: String] ?? [:]
    for name in aliases.keys {
      var target = name
      while let next = aliases[target] { target = next }
      answers[String(name.dropLast())] = answers[String(target.dropLast())]
    }
    return RecordedResolver(answers)
  }

  private func word<Record>(_ found: RecordDiscovery<Record>) -> String {
    switch found {
    case .record: "nil"
    case .none: "ErrNoRecord"
    case .several: "ErrMultipleRecords"
    case .malformed: "ErrRecordSyntax"
    case .failure: "ErrDNS"
    }
  }

  @Test func `mox's look-ups come to the same`() async throws {
    var count = 0
    for file in ["mtasts_mtasts_test.jsonl", "tlsrpt_lookup_test.jsonl"] {
      let table = try Suites.rows(Self.mox + file).first {
        $0["func"] as? String == "TestLookup" && $0["var"] as? String == "resolver"
      }
      let zone = resolver(table?["value"] as? [String: Any] ?? [:])
      for call in try Suites.calls(Self.mox + file, "TestLookup", "test") {
        let domain = try #require(Domain(call[0] as? String ?? ""))
        let expected = (call[2] as? [String: Any])?["$id"] as? String ?? "nil"
        let found =
          file.hasPrefix("mtasts")
          ? word(await STSRecord.find(for: domain, zone))
          : word(await TLSReportRecord.find(for: domain, zone))
        #expect(found == expected, "\(domain)")
        count += 1
      }
    }
    #expect(count == 16)
    print("mox look-ups of MTA-STS and TLS-RPT: \(count), all met")
  }

  @Test func `chasquid's policies and patterns come to the same`() throws {
    var count = 0
    for row in try Suites.rows(Self.chasquid) {
      switch (row["func"] as? String, (row["var"] ?? row["const"]) as? String) {
      case ("TestMatchDomain", "cases"):
        for case let one as [String: Any] in row["rows"] as? [Any] ?? [] {
          // A dot at the end is the resolver's; domains come without it.
          func name(_ value: Any?) -> String {
            (value as? String ?? "x..y").replacing(/\.$/, with: "")
          }
          let host = Domain(name(one["domain"]))
          let pattern = try? HostPattern(parsing: Array(name(one["pattern"]).utf8)[...])
          let matches = host.flatMap { pattern?.matches($0) } ?? false
          #expect(matches == one["expected"] as? Bool, "\(one)")
          count += 1
        }
      case ("TestParsePolicy", "pol1"):
        #expect(try STSPolicy(parsing: octets(row["value"] ?? "")).maximumAgeSeconds == 123_456)
        count += 1
      case ("TestCheckPolicy", "validPs"), ("TestCheckPolicy", "invalid"):
        for case let one as [String: Any] in row["rows"] as? [Any] ?? [] {
          let policy = one["p"] as? [String: Any] ?? one
          let text = Self.text(policy)
          #expect(((try? STSPolicy(parsing: octets(text))) != nil) == (one["p"] == nil), "\(text)")
          count += 1
        }
      case ("TestURLForDomain", "expected"):
        let domain = try #require(Domain("a-test-domain"))
        #expect(STSPolicy.url(for: domain) == row["value"] as? String)
        count += 1
      case (nil, "policyForDomain"):
        for (domain, text) in row["rows"] as? [String: String] ?? [:] {
          #expect(((try? STSPolicy(parsing: octets(text))) != nil) == (domain == "domain.com"))
          count += 1
        }
      default: continue
      }
    }
    #expect(count > 30)
    print("chasquid MTA-STS: \(count) policies and patterns, all met")
  }

  /// The file that a Go value stands for.
  private static func text(_ policy: [String: Any]) -> String {
    var lines: [String] = []
    if let version = policy["Version"] { lines.append("version: \(version)") }
    if let mode = policy["Mode"] { lines.append("mode: \(mode)") }
    for host in policy["MXs"] as? [String] ?? [] { lines.append("mx: \(host)") }
    if let age = policy["MaxAge"] {
      let expression = (age as? [String: Any])?["$expr"] as? String ?? "\(age)"
      let number = Int(expression.prefix { $0.isNumber }) ?? 0
      lines.append("max_age: \(expression.contains("Hour") ? number * 3600 : number)")
    }
    return lines.joined(separator: "\n")
  }
}
