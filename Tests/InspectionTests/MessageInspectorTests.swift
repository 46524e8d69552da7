import Mail
import Testing

@testable import Inspection

/// Whole messages in, verdicts and rules out.
@Suite struct MessageInspectorTests {
  static let inspector = MessageInspector()

  static func report(_ lines: [String]) -> InspectionReport {
    report(Array((lines.joined(separator: "\r\n") + "\r\n").utf8))
  }

  static func report(_ octets: [UInt8], _ submission: Submission = .mail) -> InspectionReport {
    InspectionReport(inspector.findings(octets, submission), milliseconds: 0)
  }

  private func rules(_ report: InspectionReport) -> Set<String> { Set(report.findings.map(\.rule)) }

  private static let head = [
    "From: taro@example.jp", "To: hanako@example.jp", "Subject: x",
    "Date: Wed, 01 Apr 2026 09:00:00 +0900", "Message-ID: <a@example.jp>", "MIME-Version: 1.0",
  ]

  /// A message with one attachment in base 64.
  private func attached(_ octets: [UInt8], name: String, type: String) -> [String] {
    Self.head + [
      "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "",
      "See the file.", "--b", "Content-Type: \(type); name=\"\(name)\"",
      "Content-Disposition: attachment; filename=\"\(name)\"", "Content-Transfer-Encoding: base64",
      "", Base64.encode(octets), "--b--",
    ]
  }

  private static let eicar =
    #"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-"#
    + "ANTIVIRUS-TEST-FILE!$H+H*"

  @Test func `an ordinary message is clean and has nothing to tell`() {
    let report = Self.report(
      Self.head + ["Content-Type: text/plain; charset=utf-8", "", "おはようございます。"])
    #expect(report.verdict == .clean)
    #expect(report.findings.isEmpty)
  }

  @Test(arguments: [
    (
      "%PDF-1.7\n1 0 obj<</S/JavaScript/JS(this.exportDataObject({cName:'a',nLaunch:2}))>>endobj",
      "a.pdf", "pdf.export"
    ),
    ("%PDF-1.7\n1 0 obj<</OpenAction<</S/Launch/F(cmd.exe)>>>>endobj", "a.pdf", "pdf.launch"),
    ("http://example.net/a.application#a", "a.appref-ms", "file.shortcut"),
    ("<MMC_ConsoleFile/>", "a.msc", "file.shortcut"),
    ("\u{FEFF}Rem words", "a.vbs", "file.script"),
  ])
  func `what acts when it is opened is malicious`(text: String, name: String, rule: String) {
    let report = Self.report(
      attached(Array(text.utf8), name: name, type: "application/octet-stream"))
    #expect(rules(report).contains(rule))
    #expect(report.verdict == .malicious)
  }

  @Test func `an installer that is damaged here is still one`() {
    let head: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    let report = Self.report(
      attached(head + [UInt8](repeating: 0, count: 900), name: "a.msi", type: "application/x-msi"))
    #expect(rules(report).contains("file.program"))
  }

  @Test func `a program is malicious under any name`() {
    for name in ["a.exe", "a.jpg", "a.txt", "a"] {
      let report = Self.report(attached(SampleProgram.octets, name: name, type: "image/jpeg"))
      #expect(report.verdict == .malicious, "\(name)")
      #expect(rules(report).contains("file.program"))
    }
  }

  @Test func `a name turned around is told with its place`() throws {
    let lines = attached(
      Array("x".utf8), name: "=?UTF-8?B?\(Base64.encode(Array("a\u{202E}fdp.exe".utf8)))?=",
      type: "application/octet-stream")
    let octets = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    let report = Self.report(octets)
    let finding = try #require(report.findings.first { $0.rule == "name.rtlo" })
    #expect(finding.evidence == "a·fdp.exe")
    #expect(finding.path == "part 2")
    let place = try #require(finding.place)
    #expect(String(decoding: octets[place], as: UTF8.self).contains(Base64.encode([0x78])))
  }

  @Test(arguments: ["7bit", "base64", "quoted-printable"])
  func `EICAR is found in every encoding`(encoding: String) {
    let body =
      switch encoding {
      case "base64": Base64.encode(Array(Self.eicar.utf8))
      case "quoted-printable": Self.eicar.replacing("=", with: "=3D")
      default: Self.eicar
      }
    let report = Self.report(
      Self.head + [
        "Content-Type: application/octet-stream; name=eicar.com",
        "Content-Transfer-Encoding: \(encoding)", "", body,
      ])
    #expect(report.verdict == .malicious)
    #expect(rules(report).contains("malware.eicar"))
    #expect(DefaultAction(report) == .hold)
  }

  @Test func `EICAR in a part that only some programs show is found`() {
    let report = Self.report(
      Self.head + [
        "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "text", "--b--", "--b", "",
        Self.eicar, "--b--",
      ])
    #expect(report.verdict == .malicious)
    #expect(rules(report).isSuperset(of: ["malware.eicar", "format.parts-after-end"]))
  }

  @Test func `who only speaks of EICAR is clean`() {
    let report = Self.report(Self.head + ["", "Attach \(Self.eicar) to try it."])
    #expect(report.verdict == .clean)
  }

  @Test func `GTUBE is spam`() {
    let report = Self.report(
      Self.head + ["", "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-" + "ANTI-UBE-TEST-EMAIL*C.34X"])
    #expect(report.verdict == .spam)
  }

  @Test func `what lies in another mail or on a server is held`() {
    for type in [
      "message/partial; id=x; number=1; total=2", "message/external-body; access-type=url",
    ] {
      let report = Self.report(Self.head + ["Content-Type: \(type)", "", "Subject: y", "", "z"])
      #expect(report.verdict == .unanalysable, "\(type)")
      #expect(DefaultAction(report) == .hold)
    }
  }

  @Test func `a thousand messages within one another are held`() {
    let nested = String(repeating: "Content-Type: message/rfc822\r\n\r\n", count: 1000)
    #expect(Self.report(Array((nested + "x").utf8)).verdict == .unanalysable)
  }

  @Test func `a file that is no mail is inspected as an attachment`() {
    let report = Self.report(SampleProgram.octets, .file(name: "invoice.pdf.exe"))
    #expect(report.verdict == .malicious)
    #expect(rules(report).isSuperset(of: ["file.program", "name.double-suffix"]))
    #expect(
      Self.report(Array("From: a@example.jp\n\nhello\n".utf8), .file(name: "x")).verdict == .clean)
  }

  @Test func `findings are bounded, printable and lie in the message`() {
    let part =
      "--b\r\nContent-Type: application/x; name=\"a\u{202E}\u{1B}[2Jfdp.exe\"\r\n\r\nMZ\r\n"
    let octets = Array(
      ("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + String(repeating: part, count: 3000))
        .utf8)
    let report = Self.report(octets)
    #expect(report.findings.count <= InspectionReport.findingLimit)
    for finding in report.findings {
      #expect(finding.evidence == Finding.printable(finding.evidence, limit: 204))
      #expect(finding.place.map { 0 <= $0.lowerBound && $0.upperBound <= octets.count } ?? true)
    }
  }
}
