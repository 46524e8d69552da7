package import Mail

extension AggregateReport {
  /// The report as RFC 9990 wants it sent, elements in its order.
  package var xml: [UInt8] {
    var writer = XMLWriter()
    writer.open("feedback", attributes: ["xmlns": "urn:ietf:params:xml:ns:dmarc-2.0"])
    writer.field("version", version ?? "1.0")
    write(metadata, &writer)
    write(policy, &writer)
    for record in records { write(record, &writer) }
    writer.close("feedback")
    return writer.bytes
  }

  /// `receiver "!" policy-domain "!" begin "!" end "." extension` (RFC 7489 §7.2.1.1).
  package func fileName(receiver: Domain) -> String {
    "\(receiver.ascii)!\(policy.domain)!\(metadata.begin)!\(metadata.end).xml.gz"
  }

  private func write(_ metadata: Metadata, _ writer: inout XMLWriter) {
    writer.open("report_metadata")
    writer.field("org_name", metadata.organization)
    writer.field("email", metadata.email)
    writer.field("extra_contact_info", metadata.extraContact)
    writer.field("report_id", metadata.reportID)
    writer.open("date_range")
    writer.field("begin", String(metadata.begin))
    writer.field("end", String(metadata.end))
    writer.close("date_range")
    for error in metadata.errors { writer.field("error", error) }
    writer.field("generator", metadata.generator)
    writer.close("report_metadata")
  }

  private func write(_ policy: Policy, _ writer: inout XMLWriter) {
    writer.open("policy_published")
    writer.field("domain", policy.domain)
    writer.field("discovery_method", policy.discoveryMethod)
    writer.field("p", policy.policy?.rawValue)
    writer.field("sp", policy.subdomainPolicy?.rawValue)
    writer.field("np", policy.nonexistentPolicy?.rawValue)
    writer.field("fo", policy.failureOptions)
    writer.field("adkim", policy.dkimAlignment?.rawValue)
    writer.field("aspf", policy.spfAlignment?.rawValue)
    writer.field("testing", policy.isTesting.map { $0 ? "y" : "n" })
    writer.close("policy_published")
  }

  private func write(_ record: Record, _ writer: inout XMLWriter) {
    writer.open("record")
    writer.open("row")
    writer.field("source_ip", record.sourceAddress)
    writer.field("count", String(record.count))
    writer.open("policy_evaluated")
    writer.field("disposition", (record.disposition ?? .none).rawValue)
    writer.field("dkim", record.isDKIMAligned ? "pass" : "fail")
    writer.field("spf", record.isSPFAligned ? "pass" : "fail")
    for reason in record.reasons {
      writer.open("reason")
      writer.field("type", reason.type)
      writer.field("comment", reason.comment)
      writer.close("reason")
    }
    writer.close("policy_evaluated")
    writer.close("row")
    writer.open("identifiers")
    writer.field("header_from", record.headerFrom)
    writer.field("envelope_from", record.envelopeFrom ?? "")
    writer.field("envelope_to", record.envelopeTo)
    writer.close("identifiers")
    writeResults(record, &writer)
    writer.close("record")
  }

  private func writeResults(_ record: Record, _ writer: inout XMLWriter) {
    writer.open("auth_results")
    for dkim in record.dkim {
      writer.open("dkim")
      writer.field("domain", dkim.domain)
      writer.field("selector", dkim.selector)
      writer.field("result", (dkim.result ?? .none).rawValue)
      writer.field("human_result", dkim.words)
      writer.close("dkim")
    }
    for spf in record.spf {
      writer.open("spf")
      writer.field("domain", spf.domain)
      writer.field("scope", spf.scope)
      writer.field("result", (spf.result ?? .none).rawValue)
      writer.field("human_result", spf.words)
      writer.close("spf")
    }
    writer.close("auth_results")
  }
}

/// Writes elements, one a line, indented. Whatever a text holds, it stays a text.
struct XMLWriter {
  private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
  private var depth = 0

  mutating func open(_ name: String, attributes: [String: String] = [:]) {
    let list = attributes.sorted { $0.key < $1.key }
      .map { " \($0.key)=\"\(Self.escaped($0.value))\"" }
    line("<\(name)\(list.joined())>")
    depth += 1
  }

  mutating func close(_ name: String) {
    depth -= 1
    line("</\(name)>")
  }

  /// Nothing where there is no value.
  mutating func field(_ name: String, _ value: String?) {
    if let value { line("<\(name)>\(Self.escaped(value))</\(name)>") }
  }

  private mutating func line(_ text: String) {
    bytes += Array(repeating: 0x20, count: 2 * depth)
    bytes += text.utf8
    bytes.append(0x0A)
  }

  /// XML 1.0 §2.2 knows no controls but three, whatever they are written as.
  private static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "\t", "\n", "\r": escaped.append(" ")
      default:
        let isBad = scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
        escaped.append(isBad ? "?" : scalar)
      }
    }
    return String(escaped)
  }
}
