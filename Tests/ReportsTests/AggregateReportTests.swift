import Foundation
import Mail
import Reports
import Testing

@Suite struct AggregateReportTests {
  static let sample = """
    <?xml version="1.0"?>
    <feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">
      <version>1.0</version>
      <report_metadata><org_name>Reporter &amp; Co</org_name><email>r@reporter.example</email>
        <report_id>id-1</report_id><date_range><begin>1777075200</begin><end>1777161599</end>
          </date_range>
        <error>one</error><error>two</error><generator>G 1</generator></report_metadata>
      <policy_published><domain>example.jp</domain><adkim>s</adkim><p>Reject</p><sp>none</sp>
        <np>quarantine</np><testing>y</testing><fo>1</fo>
          <discovery_method>treewalk</discovery_method>
        <p>none</p><unknown><p>none</p></unknown></policy_published>
      <record><row><source_ip>192.0.2.1</source_ip><count>3</count><policy_evaluated>
        <disposition>reject</disposition><dkim>fail</dkim><spf>fail</spf>
        <reason><type>forwarded</type><comment>via list</comment></reason><reason>
          <type>other</type></reason>
        </policy_evaluated></row>
        <identifiers><header_from>example.jp</header_from><envelope_from></envelope_from>
          </identifiers>
        <auth_results><dkim><domain>a.example</domain><selector>s1</selector>
          <result>hardfail</result></dkim>
        <dkim><domain>b.example</domain><result>pass</result></dkim>
        <spf><domain>b.example</domain><scope>mfrom</scope><result>softfail</result></spf>
          </auth_results></record>
      <record><row><source_ip>2001:db8::1</source_ip><count>40</count><policy_evaluated>
        <disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>
        <identifiers><header_from>example.jp</header_from></identifiers>
        <auth_results><spf><domain>b.example</domain><result>odd</result></spf></auth_results>
          </record>
    </feedback>
    """

  private func read(_ text: String) throws -> AggregateReport {
    try AggregateReport(xml: Array(text.utf8))
  }

  @Test func `every field is read, the first of two counts`() throws {
    let report = try read(Self.sample)
    #expect(report.metadata.organization == "Reporter & Co")
    #expect(report.metadata.reportID == "id-1")
    #expect(report.metadata.begin == 1_777_075_200)
    #expect(report.metadata.errors == ["one", "two"])
    #expect(report.metadata.generator == "G 1")
    #expect(report.policy.domain == "example.jp")
    #expect(report.policy.policy == .reject)
    #expect(report.policy.subdomainPolicy == AggregateReport.Disposition.none)
    #expect(report.policy.nonexistentPolicy == .quarantine)
    #expect(report.policy.dkimAlignment == .strict)
    #expect(report.policy.spfAlignment == nil)
    #expect(report.policy.isTesting == true)
    #expect(report.policy.discoveryMethod == "treewalk")
    #expect(report.records.count == 2)
    let first = report.records[0]
    #expect(first.sourceAddress == "192.0.2.1")
    #expect(first.disposition == .reject)
    #expect(first.reasons.map(\.type) == ["forwarded", "other"])
    #expect(first.reasons.map(\.comment) == ["via list", nil])
    #expect(first.dkim.map(\.domain) == ["a.example", "b.example"])
    #expect(first.dkim.map(\.selector) == ["s1", nil])
    #expect(first.dkim.map(\.result) == [.fail, .pass])
    #expect(first.spf.map(\.scope) == ["mfrom"])
    #expect(report.records[1].spf[0].result == nil)
    #expect(report.count() == 43)
    #expect(report.count { !$0.passes } == 3)
    #expect(report.flaws == ["spf result has no known value"])
  }

  @Test func `what is written reads back`() throws {
    var report = try read(Self.sample)
    report.records[0].headerFrom = "a<b>&\"c\u{1}\n\u{FFFF}"
    report.records[1].spf[0].result = .pass
    let again = try AggregateReport(xml: report.xml)
    #expect(again.records[0].headerFrom == "a<b>&\"c? ?")
    report.records[0].headerFrom = again.records[0].headerFrom
    report.flaws = []
    #expect(again == report)
    let domain = try #require(Domain("mx.example.com"))
    #expect(
      report.fileName(receiver: domain) == "mx.example.com!example.jp!1777075200!1777161599.xml.gz")
  }

  @Test func `it survives JSON`() throws {
    let report = try read(Self.sample)
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(AggregateReport.self, from: data) == report)
  }

  @Test func `its summary fits on a screen and commands no terminal`() throws {
    var report = try read(Self.sample)
    for number in 0..<1000 {
      report.records.append(report.records[0])
      report.records[number].sourceAddress =
        "\u{1B}[31m\u{202E}" + String(repeating: "x", count: 999)
      report.records[number].count = Int.max
    }
    #expect(report.summary.count <= 24)
    let text = report.summary.joined()
    #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
    #expect(report.summary.allSatisfy { $0.count < 300 })
    #expect(try read(Self.sample).summary.contains("  messages 43: 40 passed, 3 failed"))
  }

  @Test(arguments: [
    "<a/>", "<feedback/>", "<feedback><report_metadata/></feedback>",
    "<feedback><policy_published/></feedback>", "<html><feedback/></html>",
  ])
  func `what is no report is refused`(text: String) {
    #expect(throws: ReportRefusal.notAReport) { try read(text) }
  }

  @Test func `numbers are numbers or a flaw`() throws {
    let odd = Self.sample.replacingOccurrences(of: ">40<", with: ">-40<")
      .replacingOccurrences(of: ">3<", with: ">99999999999999999999<")
    let report = try read(odd)
    #expect(report.records.map(\.count) == [0, 0])
    #expect(report.flaws.contains("count is no number"))
  }

  @Test func `billion laughs and files are refused before anything is read`() {
    let laughs = """
      <?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;">]>
      <feedback>&lol1;</feedback>
      """
    #expect(throws: ReportRefusal.documentType) { try read(laughs) }
    let entity = Self.sample.replacingOccurrences(of: "id-1", with: "&xxe;")
    #expect(throws: ReportRefusal.entity("xxe")) { try read(entity) }
  }

  @Test func `records and results have bounds`() {
    let head = "<feedback><report_metadata/><policy_published/>"
    let many = String(repeating: "<record/>", count: AggregateReport.recordLimit + 1)
    #expect(throws: ReportRefusal.tooMuch("records", limit: AggregateReport.recordLimit)) {
      try read(head + many + "</feedback>")
    }
    let results = String(repeating: "<spf/>", count: AggregateReport.resultLimit + 1)
    #expect(
      throws: ReportRefusal.tooMuch("results in one record", limit: AggregateReport.resultLimit)
    ) {
      try read(head + "<record><auth_results>\(results)</auth_results></record></feedback>")
    }
  }

  @Test func `a long field is cut`() throws {
    let long = Self.sample.replacingOccurrences(
      of: "id-1", with: String(repeating: "x", count: 5000))
    #expect(try read(long).metadata.reportID.count == AggregateReport.fieldLimit)
  }
}
