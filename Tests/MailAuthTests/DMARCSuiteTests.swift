import DNS
import Foundation
import Mail
import MailAuth
import Testing
import Vectors

/// mailauth's recorded calls: each judgement made here must meet each assertion made there.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct DMARCSuiteTests {
  /// Assertions that are not met, and why that is right. Keys: file's first letter, row, path.
  private static let own: [String: String] = [
    "r4 status.result": """
    RFC 9989 §4.10 step 2 discards several records and walks on; the parent's p=none then applies. \
    (By the list, RFC 7489 §6.6.3 ends there: see DMARCVerifierTests.)
    """,
    "r4 ": "the same",
    "d24 ": "RFC 9989 §5.3.1: addresses of one domain are judged by it",
    "g13 false": "RFC 9989 §4.7: what is no tag is ignored, and has no name to be kept under",
    "g10 pct": "RFC 7489 §6.3: a syntax error is discarded in favour of the default, which is 100",
    "g18 resolver.calls.map()":
      "RFC 9989 §4.10: a walk asks about every label, and 192.0.2.1 has four of them",
    "d27 status.comment": "ARC is another room's word; DMARC's comment does not quote it",
    "d28 alignment.dkim.underSized": "l= is DKIM's finding and is kept there",
    "d33 alignment.dkim.underSized": "l= is DKIM's finding and is kept there",
  ]

  private static func strings(_ value: Any?) -> [String] {
    (value as? [Any] ?? []).compactMap {
      ($0 as? [String: Any])?["domain"] as? String ?? $0 as? String
    }
  }

  /// TXT answers: chunks joined, `*` for all other names, errors by their code.
  private static func resolver(_ dns: [String: Any]) -> RecordedResolver {
    var answers: [String: RecordedResolver.Answer] = [:]
    var others = RecordedResolver.Answer.failure(.noSuchName)
    for case let row as [Any] in dns["answers"] as? [Any] ?? [] where row.count == 3 {
      guard let name = row[0] as? String, row[1] as? String == "TXT" else { continue }
      if name == "*" { others = answer(row[2]) } else { answers[name] = answer(row[2]) }
    }
    for (name, records) in dns["zone"] as? [String: [String: Any]] ?? [:] {
      answers[name] = records["TXT"].map(answer) ?? .failure(.noRecords)
    }
    return RecordedResolver(answers, others: others)
  }

  private static func answer(_ value: Any) -> RecordedResolver.Answer {
    if let error = (value as? [String: Any])?["$error"] as? String {
      switch error {
      case "ENOTFOUND": return .failure(.noSuchName)
      case "ENODATA": return .failure(.noRecords)
      default: return .failure(.timedOut)
      }
    }
    let records = (value as? [[String]] ?? []).map { Array($0.joined().utf8) }
    return records.isEmpty ? .failure(.noRecords) : .success(DNSAnswer(records))
  }

  /// One judgement, and what was asked for it.
  private struct Call {
    let result: DMARCResult
    let asked: [String]
    let raw: String?
    let author: String
  }

  private static func call(_ call: [String: Any]) async -> Call {
    let arguments = call["args"] as? [Any] ?? []
    let options = arguments.first as? [String: Any] ?? [:]
    let dns =
      ((options["resolver"] ?? arguments.dropFirst().first) as? [String: Any])?["$dns"]
      as? [String: Any]
    let resolver = resolver(dns ?? [:])
    let from = options["headerFrom"] ?? arguments.first
    let author: AuthorDomain =
      if let many = from as? [String] {
        AuthorDomain(parsing: Array(many.joined(separator: ",").utf8)[...])
      } else if let one = from as? String {
        Domain(String(one.split(separator: "@").last ?? "")).map(AuthorDomain.one) ?? .none
      } else { .none }
    let proven =
      strings(options["dkimDomains"]).compactMap { Domain($0) }
      .map { AuthenticatedDomain(.dkim, $0) }
      + strings(options["spfDomains"]).compactMap { Domain($0) }
      .map { AuthenticatedDomain(.spf, $0) }
    let result = await DMARCVerifier(resolver: resolver).judge(author: author, proven)
    let asked = resolver.asked.filter { $0.hasPrefix("_dmarc.") }
    var raw: String?
    if let domain = result.policyDomain, let name = Domain("_dmarc." + domain.ascii),
      case .success(let answer) = await resolver.texts(of: name)
    {
      raw = answer.records.map { String(decoding: $0, as: UTF8.self) }
        .first { DMARCRecord(parsing: Array($0.utf8)) != nil }
    }
    return Call(
      result: result, asked: asked, raw: raw,
      author: result.authorDomain?.ascii ?? "")
  }

  /// What stands at a path of mailauth's result, said in its words.
  private static func value(_ path: String, _ call: Call) -> Any? {
    let result = call.result
    let record = result.record
    func aligned(_ mechanism: AuthenticatedDomain.Mechanism) -> String? {
      result.aligned.contains { $0.mechanism == mechanism }
        ? (result.organizationalDomain ?? result.authorDomain)?.ascii : nil
    }
    switch path {
    case "status.result": return result.outcome.rawValue
    case "policy": return result.requestedPolicy?.rawValue
    case "p": return record?.policy?.rawValue
    case "sp": return record?.subdomainPolicy?.rawValue
    case "pct": return record?.percent
    case "ri": return record?.reportIntervalSeconds
    case "v": return record.map { _ in "DMARC1" }
    case "adkim": return record?.dkimAlignment.rawValue
    case "aspf": return record?.spfAlignment.rawValue
    case "fo": return record?.failureOptions.map(\.rawValue).sorted().joined(separator: ":")
    case "rua": return record?.aggregateReports.map(\.uri).joined(separator: ",")
    case "ruf": return record?.failureReports.map(\.uri).joined(separator: ",")
    case "rr": return call.raw
    case "domain", "status.header.d": return result.policyDomain?.ascii
    case "status.header.from": return result.authorDomain?.ascii
    case "isOrgRecord": return result.policyDomain.map { $0 != result.authorDomain }
    case "alignment.dkim.result": return aligned(.dkim)
    case "alignment.spf.result": return aligned(.spf)
    case "alignment.dkim.strict": return record.map { $0.dkimAlignment == .strict }
    case "alignment.spf.strict": return record.map { $0.spfAlignment == .strict }
    case "error": return result.reason == .lookupFailed(.timedOut) ? "DNS timeout" : nil
    case "info": return "dmarc=\(result.outcome.rawValue)"
    case "": return result.outcome == .none || result.outcome == .permerror ? nil : "object"
    case "resolver.calls.map()", "resolver.calls.filter().map()": return call.asked
    default: return nil
    }
  }

  private static func isMet(_ assertion: [String: Any], _ value: Any?, _ call: Call) -> Bool {
    let expected = (assertion["args"] as? [Any])?.first
    switch assertion["op"] as? String {
    case "equal": return (value as? NSObject) == (expected as? NSObject)
    case "true": return value as? Bool == true
    case "false": return value == nil || value as? Bool == false
    case "undefined": return value == nil
    case "ok": return value != nil && value as? Bool != false
    case "type": return value != nil
    case "include", "contain":
      return (value as? String)?.contains(expected as? String ?? "\u{0}") == true
    case "property":
      // Neither a policy without a record nor, ever, a percentage is part of the result itself.
      if expected as? String == "policy" { return call.result.requestedPolicy != nil }
      return Mirror(reflecting: call.result).children.contains { $0.label == expected as? String }
    default: return false
    }
  }

  @Test func `mailauth's judgements are ours, but where an RFC says otherwise`() async throws {
    var tally = Tally("mailauth DMARC")
    var unmet: Set<String> = []
    for file in ["dmarc-verify-test", "get-dmarc-record-test", "rfc9989-compliance-test"] {
      for (number, row) in try Suites.rows("dmarc/mailauth/\(file).jsonl").enumerated() {
        var calls: [Call] = []
        for one in row["calls"] as? [[String: Any]] ?? [] { calls.append(await Self.call(one)) }
        var reasons: [String] = []
        for assertion in row["expect"] as? [[String: Any]] ?? [] {
          guard let of = assertion["of"] as? [String: Any], let path = of["path"] as? String
          else { continue }
          let index = of["call"] as? Int ?? 0
          let key = "\(file.prefix(1))\(number) \(path)"
          let call = calls[max(0, index)]
          let isNegated = assertion["not"] as? Bool == true
          if Self.isMet(assertion, Self.value(path, call), call) == isNegated {
            unmet.insert(key)
            if let why = Self.own[key] { reasons.append("\(path) \(why)") }
            #expect(Self.own[key] != nil, "\(key): \(row["name"] ?? "") \(assertion)")
          }
        }
        let name = row["name"] as? String ?? ""
        tally.count(reasons.isEmpty, "\(file) \(number) \(name)", reasons.first)
      }
    }
    #expect(unmet == Set(Self.own.keys), "a listed difference is none any more")
    tally.report()
    #expect(tally.all == 88)
  }
}
