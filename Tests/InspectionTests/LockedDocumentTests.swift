import Mail
import Testing

@testable import Inspection

/// Archives, and Word documents of before 2007, that are encrypted, in a mail that tells their password or does not.
@Suite struct LockedDocumentTests {
  private func report(_ document: [UInt8], text: String) -> InspectionReport {
    Self.report(document, "a.doc", text: text)
  }

  /// Of a mail that says `text` and has `document` attached.
  static func report(_ document: [UInt8], _ name: String, text: String) -> InspectionReport {
    MessageInspectorTests.report([
      "From: taro@example.jp", "To: hanako@example.jp", "Subject: x",
      "Date: Wed, 01 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", text,
      "--b", "Content-Type: application/octet-stream; name=\"\(name)\"",
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

  // MARK: Archives of run.sh and note.txt

  private static let sevenZip =
    "N3q8ryccAAQ48pfX2AAAAAAAAAAWAAAAAAAAANBVnQ+3wVAysX8wUyGBrAC7sA3lI+3U7UNRB/o12UgHBf4zcpSFqiyQQCALR/Gc28z+HT6QTi6I+tzJnRaT+bGAL/yH4AC0AJBdAACBMweuD9HzPltarYRj8V6UFC7ckZYAWHyUhQQCjWlS9i0mBwAn+CIwIez5a3Z7JRXptxZSoc0fDleLiOmgB4U2rmfvA/dDEDG+4XAobL+fTSiXDIZFIsAjA2fCKZo7pxYvFZaxGffcKRcdRZeM4HhkF6bagrd+cOweIiSBvGJMuLNN2PdJBgr9/WQnsAAAAAAXBkABCYCYAAcLAQABISEBGAyAtQAA"
  private static let rar =
    "UmFyIRoHAM+QcwAADQAAAAAAAAAuF3QEhDAAIAAAAB0AAAADDiggiQAAIVodMAgApIEAAG5vdGUudHh0YIzbUkOE9e6/kuAOXK1eeokLxZdY+fqJaqNGp8URDfvlVaVqDM/i4XSvdASELgAgAAAAEwAAAAMzwQREAAAhWh0wBgCkgQAAcnVuLnNoYIzbUkOE9e5cCXz14viiWtB+e6IlUVK5vwhrHqrNIgKxzERb02Lm7cQ9ewBABwA="
  /// RAR 5 with 16,777,216 rounds.
  private static let dear =
    "UmFyIRoHAQDFGjMyAwEAAG9W+GlJAgMxIAQdpIMCL8RaeQABCG5vdGUudHh0MAEAAxjplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IzEyMzQ1Njc473l8gfazMNDis+HQVSpHCP24tPLcOT5dOTXn4l/GPikezuXHCCP6zEcCAzEgBBOkgwJia3JGAAEGcnVuLnNoMAEAAxjplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLzEyMzQ1Njc473l8gXF0jX19a33SZw5cmDUOj66SKcNlFGwPRKBTRu5iaIyqGbI6NQMFAAA="

  private func report(_ archive: String, text: String) -> InspectionReport {
    report(BodyDecoder.decode(Array(archive.utf8)[...], .base64).octets, text: text)
  }

  @Test(arguments: [sevenZip, rar])
  func `an archive whose password stands in the mail is looked into`(archive: String) {
    let rules = Set(report(archive, text: "Password: kado-2026").findings.map(\.rule))
    #expect(rules.isSuperset(of: ["archive.password-in-mail", "file.other-script"]), "\(rules)")
    #expect(!rules.contains("archive.encrypted"))
    let closed = report(archive, text: "Password: kado-2027")
    #expect(closed.findings.contains { $0.rule == "archive.encrypted" })
    #expect(DefaultAction(closed) == .hold)
  }

  @Test func `passwords that are too dear to try are told`() {
    let report = report(Self.dear, text: "Password: kado-2026")
    let found = report.findings.first { $0.rule == "archive.encrypted" }
    #expect(found?.sentence.en.contains("not all passwords were tried") == true)
    #expect(DefaultAction(report) == .hold)
  }
}
