import Mail

/// Reads the XML of both generations, whatever their namespace; elements that are not known are
/// passed over with all they hold. Of an element that may stand once the first counts.
extension AggregateReport {
  /// Records of one report; the longest seen have a few thousand.
  package static let recordLimit = 50_000
  /// DKIM or SPF results, reasons or errors of one record.
  package static let resultLimit = 100
  /// Octets of one field that are kept; a domain has 253.
  package static let fieldLimit = 1000

  package init(xml bytes: [UInt8]) throws(ReportRefusal) {
    guard bytes.count <= Inflation.sizeLimit else {
      throw .tooMuch("octets", limit: Inflation.sizeLimit)
    }
    var builder = AggregateReportBuilder()
    var reader = try XMLReader(bytes)
    while let event = try reader.next() { try builder.take(event) }
    self = try builder.finish()
  }
}

/// Puts a report together from the events of its document: `path` is where the reader stands.
struct AggregateReportBuilder {
  private var report = AggregateReport()
  private var record = AggregateReport.Record()
  private var dkim = AggregateReport.DKIMResult()
  private var spf = AggregateReport.SPFResult()
  private var reason = AggregateReport.Reason()

  private var path: [String] = []
  private var text: [UInt8] = []
  /// Fields of the present record, or of the report's head, that stood already.
  private var seen: Set<String> = []
  private var hasPolicy = false
  private var hasMetadata = false

  mutating func take(_ event: XMLReader.Event) throws(ReportRefusal) {
    switch event {
    case .start(let name, _):
      if path.isEmpty, name != "feedback" { throw .notAReport }
      path.append(name)
      text = []
      try begin(path.dropFirst().joined(separator: "/"))
    case .text(let octets):
      if text.count < AggregateReport.fieldLimit {
        text += octets.prefix(AggregateReport.fieldLimit - text.count)
      }
    case .end:
      try end(path.dropFirst().joined(separator: "/"))
      path.removeLast()
      text = []
    }
  }

  func finish() throws(ReportRefusal) -> AggregateReport {
    guard hasPolicy, hasMetadata else { throw .notAReport }
    return report
  }

  private mutating func begin(_ place: String) throws(ReportRefusal) {
    switch place {
    case "record":
      guard report.records.count < AggregateReport.recordLimit else {
        throw .tooMuch("records", limit: AggregateReport.recordLimit)
      }
      (record, seen) = (AggregateReport.Record(), [])
    case "record/auth_results/dkim": dkim = AggregateReport.DKIMResult()
    case "record/auth_results/spf": spf = AggregateReport.SPFResult()
    case "record/row/policy_evaluated/reason": reason = AggregateReport.Reason()
    case "report_metadata": hasMetadata = true
    case "policy_published": hasPolicy = true
    default: break
    }
  }

  private mutating func end(_ place: String) throws(ReportRefusal) {
    let list = AggregateReport.resultLimit
    switch place {
    case "record": report.records.append(record)
    case "record/auth_results/dkim": try Self.add(dkim, to: &record.dkim, limit: list)
    case "record/auth_results/spf": try Self.add(spf, to: &record.spf, limit: list)
    case "record/row/policy_evaluated/reason":
      try Self.add(reason, to: &record.reasons, limit: list)
    case "report_metadata/error":
      try Self.add(words, to: &report.metadata.errors, limit: list)
    default:
      if place.hasPrefix("record/auth_results/") || place.hasSuffix("/reason/type")
        || place.hasSuffix("/reason/comment")
      {
        detail(place)
      } else if !text.isEmpty, seen.insert(place).inserted {
        place.hasPrefix("record/") ? recordField(place) : headField(place)
      }
    }
  }

  private static func add<Value>(
    _ value: Value, to list: inout [Value], limit: Int
  ) throws(ReportRefusal) {
    guard list.count < limit else { throw .tooMuch("results in one record", limit: limit) }
    list.append(value)
  }

  // MARK: Fields

  /// The text of the element that ends, without white space round it.
  private var words: String {
    let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
    let front = text.drop(while: isSpace)
    let end = front.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? front.startIndex
    return String(decoding: front[..<end], as: UTF8.self)
  }

  private var word: String { words.lowercased() }

  private mutating func number(_ name: String) -> Int64? {
    let number = Int64(words)
    if number == nil || number.map({ $0 < 0 }) == true {
      flaw("\(name) is no number")
      return nil
    }
    return number
  }

  private mutating func choice<Value: RawRepresentable>(_ name: String) -> Value?
  where Value.RawValue == String {
    let value = Value(rawValue: word)
    if value == nil, !word.isEmpty { flaw("\(name) has no known value") }
    return value
  }

  private mutating func flaw(_ words: String) {
    guard report.flaws.count < AggregateReport.resultLimit, !report.flaws.contains(words) else {
      return
    }
    report.flaws.append(words)
  }

  private mutating func headField(_ place: String) {
    switch place {
    case "version": report.version = words
    case "report_metadata/org_name": report.metadata.organization = words
    case "report_metadata/email": report.metadata.email = words
    case "report_metadata/extra_contact_info": report.metadata.extraContact = words
    case "report_metadata/report_id": report.metadata.reportID = words
    case "report_metadata/generator": report.metadata.generator = words
    case "report_metadata/date_range/begin": report.metadata.begin = number("begin") ?? 0
    case "report_metadata/date_range/end": report.metadata.end = number("end") ?? 0
    case "policy_published/domain": report.policy.domain = words
    case "policy_published/version_published": report.policy.versionPublished = words
    case "policy_published/adkim": report.policy.dkimAlignment = choice("adkim")
    case "policy_published/aspf": report.policy.spfAlignment = choice("aspf")
    case "policy_published/p": report.policy.policy = choice("p")
    case "policy_published/sp": report.policy.subdomainPolicy = choice("sp")
    case "policy_published/np": report.policy.nonexistentPolicy = choice("np")
    case "policy_published/pct": report.policy.percent = number("pct").flatMap { Int(exactly: $0) }
    case "policy_published/testing": report.policy.isTesting = word == "y"
    case "policy_published/fo": report.policy.failureOptions = words
    case "policy_published/discovery_method": report.policy.discoveryMethod = words
    default: break
    }
  }

  private mutating func recordField(_ place: String) {
    switch place {
    case "record/row/source_ip": record.sourceAddress = words
    case "record/row/count": record.count = number("count").flatMap { Int(exactly: $0) } ?? 0
    case "record/row/policy_evaluated/disposition": record.disposition = choice("disposition")
    case "record/row/policy_evaluated/dkim": record.isDKIMAligned = word == "pass"
    case "record/row/policy_evaluated/spf": record.isSPFAligned = word == "pass"
    // `identities` is how the first schema drafts had it.
    case "record/identifiers/header_from", "record/identities/header_from":
      record.headerFrom = words
    case "record/identifiers/envelope_from", "record/identities/envelope_from":
      record.envelopeFrom = words
    case "record/identifiers/envelope_to", "record/identities/envelope_to":
      record.envelopeTo = words
    default: break
    }
  }

  private mutating func detail(_ place: String) {
    switch place {
    case "record/auth_results/dkim/domain": dkim.domain = words
    case "record/auth_results/dkim/selector": dkim.selector = words
    case "record/auth_results/dkim/result": dkim.result = outcome("dkim")
    case "record/auth_results/dkim/human_result": dkim.words = words
    case "record/auth_results/spf/domain": spf.domain = words
    case "record/auth_results/spf/scope": spf.scope = word
    case "record/auth_results/spf/result": spf.result = outcome("spf")
    case "record/auth_results/spf/human_result": spf.words = words
    case "record/row/policy_evaluated/reason/type": reason.type = word
    case "record/row/policy_evaluated/reason/comment": reason.comment = words
    default: break
    }
  }

  /// `unknown`, `error` and `hardfail` are what reporters wrote before RFC 7208 and in spite of it.
  private mutating func outcome(_ name: String) -> AggregateReport.AuthResult? {
    switch word {
    case "unknown": .temperror
    case "error": .permerror
    case "hardfail": .fail
    default: choice("\(name) result")
    }
  }
}
