import Mail
import Testing

@testable import Inspection

/// Word documents of before 2007 that are encrypted, in a mail that tells their password or does not.
@Suite struct LockedDocumentTests {
  private func report(_ document: [UInt8], text: String) -> InspectionReport {
    MessageInspectorTests.report([
      "From: taro@example.jp", "To: hanako@example.jp", "Subject: x",
      "Date: Wed, 01 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", text,
      "--b", "Content-Type: application/msword; name=\"a.doc\"",
      "Content-Transfer-Encoding: base64", "", Base64.encode(document), "--b--",
    ])
  }

  private func document(flags: Int) -> [UInt8] {
    let head = [UInt8](repeating: 0, count: 10) + CompoundBuilder.little(flags, 2)
    let main = head + [UInt8](repeating: 0x5A, count: 5000)
    let table = [UInt8](repeating: 1, count: 5000)
    return CompoundBuilder.file([.stream("1Table", table), .stream("WordDocument", main)])
  }

  @Test(arguments: [0x0300, 0x8300])
  func `one that no password opens is held`(flags: Int) {
    let report = report(document(flags: flags), text: "Password: kado2026")
    let found = report.findings.first { $0.rule == "archive.encrypted" }
    #expect(found?.sentence.en.contains("can't be tried") == false)
    #expect(DefaultAction(report) == .hold)
  }

  @Test(
    .enabled(if: InspectionSuites.arePresent, "the published suites are not beside the checkout"))
  func `one whose password stands in the mail is looked into`() throws {
    let document = try InspectionSuites.octets("documents/oletools/encrypted/encrypted.doc")
    let rules = Set(report(document, text: "Password: encrypted").findings.map(\.rule))
    #expect(rules.contains("archive.password-in-mail") && !rules.contains("archive.encrypted"))
    let closed = report(document, text: "See the file.")
    #expect(closed.findings.contains { $0.rule == "archive.encrypted" })
  }
}
