import Foundation
import Reports
import Testing
import Vectors

/// Reports that others collected, with what their parser made of them.
@Suite(
  .enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct ReportSuiteTests {
  private static func octets(_ path: String) throws -> [UInt8] {
    try Suites.bytes("reports/" + path)
  }

  private static func object(_ path: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(octets(path))) as? [String: Any] ?? [:]
  }

  /// Files of a suite that stand beside a `.json`, without their endings.
  private static func names(_ suite: String) throws -> [(file: String, name: String)] {
    try Suites.names(in: "reports/" + suite)
      .filter { $0.hasSuffix(".eml") || $0.hasSuffix(".xml") }.sorted()
      .map { ($0, String($0.dropLast(4))) }
  }

  /// A word of theirs in ours: `PermError` is `permerror`, what is not said is nil.
  private static func word(_ value: Any?) -> String? {
    guard let text = value as? String, text != "Unspecified" else { return nil }
    return text.lowercased()
  }

  private static func dictionary(_ value: Any?) -> [String: Any] { value as? [String: Any] ?? [:] }
  private static func list(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

  // MARK: Aggregate reports

  /// What of a report is compared, in words: theirs.
  private static func theirs(_ report: [String: Any]) -> [String] {
    let metadata = dictionary(report["report_metadata"])
    let range = dictionary(metadata["date_range"])
    let policy = dictionary(report["policy_published"])
    let alignment = ["relaxed": "r", "strict": "s"]
    var lines: [String] = []
    lines.append("\(metadata["org_name"] ?? "") \(metadata["email"] ?? "")")
    lines.append("\(metadata["report_id"] ?? "") \(range["begin"] ?? 0) \(range["end"] ?? 0)")
    lines.append("\(metadata["extra_contact_info"] as? String ?? "-")")
    lines.append(
      [
        policy["domain"] as? String, word(policy["adkim"]).flatMap { alignment[$0] },
        word(policy["aspf"]).flatMap { alignment[$0] }, word(policy["p"]), word(policy["sp"]),
        policy["fo"] as? String,
      ].map { $0 ?? "-" }.joined(separator: " "))
    for record in list(report["record"]) {
      let row = dictionary(record["row"])
      let evaluated = dictionary(row["policy_evaluated"])
      let identifiers = dictionary(record["identifiers"])
      lines.append("\(row["source_ip"] ?? "") \(row["count"] ?? 0)")
      lines.append(
        ["disposition", "dkim", "spf"].map { word(evaluated[$0]) ?? "-" }.joined(separator: " "))
      for reason in list(evaluated["reason"]) {
        lines.append("reason \(word(reason["type"]) ?? "-") \(reason["comment"] as? String ?? "-")")
      }
      lines.append(
        "\(identifiers["header_from"] ?? "") \(identifiers["envelope_from"] as? String ?? "") "
          + "\(identifiers["envelope_to"] as? String ?? "-")")
      let results = dictionary(record["auth_results"])
      for dkim in list(results["dkim"]) {
        lines.append(
          "dkim \(dkim["domain"] ?? "") \(dkim["selector"] ?? "") \(word(dkim["result"]) ?? "-") "
            + "\(dkim["human_result"] as? String ?? "-")")
      }
      for spf in list(results["spf"]) {
        let scope = ["mailfrom": "mfrom", "helo": "helo"][word(spf["scope"]) ?? ""] ?? "-"
        lines.append("spf \(spf["domain"] ?? "") \(scope) \(word(spf["result"]) ?? "-")")
      }
    }
    return lines
  }

  /// The same of ours.
  private static func ours(_ report: AggregateReport) -> [String] {
    let (metadata, policy) = (report.metadata, report.policy)
    var lines = [
      "\(metadata.organization) \(metadata.email)",
      "\(metadata.reportID) \(metadata.begin) \(metadata.end)", metadata.extraContact ?? "-",
      [
        policy.domain, policy.dkimAlignment?.rawValue, policy.spfAlignment?.rawValue,
        policy.policy?.rawValue, policy.subdomainPolicy?.rawValue, policy.failureOptions,
      ].map { $0 ?? "-" }.joined(separator: " "),
    ]
    for record in report.records {
      lines.append("\(record.sourceAddress) \(record.count)")
      lines.append(
        "\(record.disposition?.rawValue ?? "-") \(record.isDKIMAligned ? "pass" : "fail") "
          + (record.isSPFAligned ? "pass" : "fail"))
      for reason in record.reasons {
        // Two of RFC 7489's reasons are not known there and are not said.
        let isUnknown = ["trusted_forwarder", "sampled_out"].contains(reason.type)
        let type = isUnknown ? "-" : reason.type.replacing("_", with: "")
        lines.append("reason \(type) \(reason.comment ?? "-")")
      }
      lines.append(
        "\(record.headerFrom) \(record.envelopeFrom ?? "") \(record.envelopeTo ?? "-")")
      for dkim in record.dkim {
        lines.append(
          "dkim \(dkim.domain) \(dkim.selector ?? "") \(dkim.result?.rawValue ?? "-") "
            + (dkim.words ?? "-"))
      }
      for spf in record.spf {
        lines.append("spf \(spf.domain) \(spf.scope ?? "-") \(spf.result?.rawValue ?? "-")")
      }
    }
    return lines
  }

  @Test func `stalwart's aggregate reports are read as there`() throws {
    var count = 0
    for (file, name) in try Self.names("dmarc-aggregate-stalwart") {
      let bytes = try Self.octets("dmarc-aggregate-stalwart/\(file)")
      guard case .aggregate(let report) = try ReceivedReport.read(bytes) else {
        Issue.record("\(file) is none")
        continue
      }
      let expected = Self.theirs(try Self.object("dmarc-aggregate-stalwart/\(name).json"))
      let found = Self.ours(report)
      for (one, other) in zip(found, expected) { #expect(one == other, "\(file)") }
      #expect(found.count == expected.count, "\(file)")
      // What is written of it says the same.
      #expect(Self.ours(try AggregateReport(xml: report.xml)) == found, "\(file)")
      count += 1
    }
    #expect(count == 10)
    print("stalwart DMARC aggregate reports: \(count) of 10 read as there")
  }

  // MARK: TLS reports

  @Test func `stalwart's TLS reports are read as there`() throws {
    var count = 0
    for name in ["rpt01", "rpt02", "rpt03"] {
      let path = "tlsrpt-stalwart/\(name)"
      let bytes = try (try? Self.octets(path + ".eml")) ?? Self.octets(path + ".json")
      guard case .tls(let report) = try ReceivedReport.read(bytes) else {
        Issue.record("\(name) is none")
        continue
      }
      let written = try JSONSerialization.jsonObject(with: Data(report.json)) as? NSDictionary
      #expect(written == (try Self.object(path + ".json") as NSDictionary), "\(name)")
      count += 1
    }
    #expect(count == 3)
    print("stalwart TLS reports: \(count) of 3 read, and written, as there")
  }

  // MARK: Complaints

  @Test func `stalwart's complaints are read as there`() throws {
    var count = 0
    for (file, name) in try Self.names("arf-stalwart") {
      let bytes = try Self.octets("arf-stalwart/\(file)")
      guard case .feedback(let report) = try ReceivedReport.read(bytes) else {
        Issue.record("\(file) is none")
        continue
      }
      let expected = try Self.object("arf-stalwart/\(name).json")
      func text(_ key: String) -> String? {
        // Folding, and the brackets round an address, say nothing.
        (expected[key] as? String).map { $0.filter { !$0.isWhitespace } }?
          .replacing(/^<(.*)>$/) { $0.1 }
      }
      func bare(_ text: String?) -> String? { text.map { $0.filter { !$0.isWhitespace } } }
      #expect(report.type.replacing("-", with: "") == Self.word(expected["feedback_type"]))
      #expect(report.incidents == expected["incidents"] as? Int)
      let pairs: [(String, String?)] = [
        ("user_agent", report.userAgent), ("original_envelope_id", report.originalEnvelopeID),
        ("original_mail_from", report.originalMailFrom),
        ("original_rcpt_to", report.originalRecipients.first),
        ("reporting_mta", report.reportingMTA?.replacing(/^dns; */, with: "")),
        ("source_ip", report.sourceAddress),
        ("dkim_domain", report.dkimDomain), ("dkim_identity", report.dkimIdentity),
        ("dkim_selector", report.dkimSelector), ("dkim_selector_dns", report.dkimSelectorDNS),
        ("dkim_canonicalized_body", report.dkimCanonicalizedBody),
        ("dkim_canonicalized_header", report.dkimCanonicalizedHeader),
        ("spf_dns", report.spfDNS),
      ]
      for (key, value) in pairs { #expect(bare(value) == text(key), "\(file) \(key)") }
      #expect(report.reportedDomains == expected["reported_domain"] as? [String], "\(file)")
      #expect(report.reportedURIs == expected["reported_uri"] as? [String], "\(file)")
      let results = expected["authentication_results"] as? [String]
      #expect(
        report.authenticationResults.compactMap(bare) == results?.compactMap(bare), "\(file)")
      #expect(report.sourcePort ?? 0 == expected["source_port"] as? Int, "\(file)")
      let delivery = report.deliveryResult?.replacing("-", with: "")
      #expect(delivery == Self.word(expected["delivery_result"]), "\(file)")
      #expect(report.authFailure == Self.word(expected["auth_failure"]), "\(file)")
      count += 1
    }
    #expect(count == 5)
    print("stalwart complaints: \(count) of 5 read as there")
  }
}
