import DNS
import Mail
import MailAuth
import Reports

// What must hold for records of policies, for the words of other servers, and for reports.
extension Properties {
  static func dmarc(_ bytes: [UInt8]) {
    if let record = DMARCRecord(parsing: bytes) {
      precondition(record.policy != nil || record.aggregateReports.isEmpty, "a record for nothing")
      precondition((0...100).contains(record.percent), "more than all")
      for address in record.aggregateReports + record.failureReports {
        address.mailbox.map(same)
        precondition(!address.uri.utf8.contains { $0 <= 0x20 }, "a blank in a URI")
      }
    }
    let author = AuthorDomain(parsing: bytes[...])
    precondition(author == AuthorDomain(parsing: (bytes + [0x20])[...]), "a blank makes an author")
    if case .one(let domain) = author {
      let doubled = bytes + Array(", x@other.example".utf8)
      let second = AuthorDomain(parsing: doubled[...])
      precondition(
        second != .one(domain) || domain.ascii == "other.example" || bytes.contains(0x5C),
        "a second author vanishes")
    }
    let list = PublicSuffixList(parsing: bytes)
    if let name = Domain("a.b.c.d.example"), let registered = list.registrableDomain(of: name) {
      precondition(name.isWithin(registered), "registered elsewhere")
      precondition(registered.isWithin(list.suffix(of: name).domain), "below another suffix")
    }
  }

  static func authres(_ bytes: [UInt8]) {
    guard let field = try? AuthenticationResultsField(parsing: bytes[...]) else { return }
    let written = field.field()
    let fields = HeaderFields(written + [0x0D, 0x0A])
    precondition(fields.fields.count == 1, "one field became \(fields.fields.count)")
    guard let again = try? AuthenticationResultsField(parsing: written[fields.fields[0].value])
    else { preconditionFailure("what was written does not read back") }
    precondition(again.field() == written, "it changes on its way")
    precondition(again.statements.map(\.result) == field.statements.map(\.result), "results change")
    let forged = ForgedResults(names: [field.serverID])
    // A version or a dot behind the name is not of the name.
    let isBare = !field.serverID.utf8.contains(0x2F) && field.serverID.utf8.last != 0x2E
    precondition(!isBare || forged.isForged(bytes[...]), "our own name is not known")
  }

  static func mtasts(_ bytes: [UInt8]) {
    _ = try? STSRecord(parsing: bytes)
    if let policy = try? STSPolicy(parsing: bytes) {
      let text = policy.lines.joined(separator: "\n")
      precondition(
        (try? STSPolicy(parsing: Array(text.utf8))) == policy, "\(text) does not read back")
      precondition(policy.mode == .none || !policy.hosts.isEmpty, "a policy for no host")
    }
  }

  static func report(_ bytes: [UInt8]) {
    guard let report = try? ReceivedReport.read(bytes) else { return }
    precondition(report.summary.count <= 24, "more than a screen")
    precondition(
      report.summary.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }, "a control")
    switch report {
    case .aggregate(let report):
      guard let again = try? AggregateReport(xml: report.xml) else {
        preconditionFailure("what was written does not read back")
      }
      precondition(
        again.xml == (try? AggregateReport(xml: again.xml))?.xml, "it changes on its way")
      precondition(again.count() == report.count(), "messages are lost")
    case .tls(let report):
      precondition((try? TLSReport(json: report.json)) == report, "it changes on its way")
    case .feedback: break
    case .delivery(let report): precondition(!report.recipients.isEmpty, "about nobody")
    }
  }
}
