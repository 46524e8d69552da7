import Documents
import Mail
import Testing

@testable import Inspection

/// What invitations say, and where they lead.
@Suite struct CalendarTextTests {
  private func text(_ lines: [String]) -> CalendarText {
    CalendarText(
      Array((["BEGIN:VCALENDAR"] + lines + ["END:VCALENDAR", ""]).joined(separator: "\r\n").utf8))
  }

  @Test(arguments: [
    ("SUMMARY:a", "a"), ("DESCRIPTION;LANGUAGE=\"x:y\":a\\, b\\nc\\;\\\\n", "a, b\nc;\\n"),
    ("DESCR\r\n IPTION:See http\r\n s://a.exa\r\n\tmple/b", "See https://a.example/b"),
    ("url:https://a.example/", "https://a.example/"),
    ("LOCATION;X=1:\u{3042}", "\u{3042}"),
    (
      "DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E3=81=\r\n=82 http=\r\n://a.example/",
      "\u{3042} http://a.example/"
    ),
    ("SUMMARY;CHARSET=Shift_JIS;ENCODING=QUOTED-PRINTABLE:=82=A0", "\u{3042}"),
    ("X-MEET:https://a.example/x", "https://a.example/x"),
    ("ATTACH:http://a.example/", "http://a.example/"),
  ])
  func `what people read is unfolded and in plain`(line: String, plain: String) {
    #expect(text([line]).text == plain + "\n")
  }

  @Test func `what nobody reads is left out, and what comes again is said once`() {
    let found = text([
      "UID:a", "X-WR-NAME:b", "DTSTART:1", "SUMMARY:c", "SUMMARY:c", "SUMMARY", ":d",
    ])
    #expect(found.text == "c\n" && found.pages.isEmpty && !found.isCut)
    #expect(text([String](repeating: "UID:a", count: 300_001)).isCut)
  }

  @Test(.timeLimit(.minutes(1)))
  func `lines that go on for ever cost no more than their octets`() {
    let start = "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:="
    let empty = text([start + String(repeating: "\r\n", count: 300_000)])
    #expect(empty.text.isEmpty)
    let soft = text([start + String(repeating: "\r\n=", count: 300_000) + "x", "SUMMARY:y"])
    #expect(soft.text.utf8.count < 300_000)
  }

  @Test func `descriptions in HTML are pages`() {
    let found = text([
      "X-ALT-DESC;FMTTYPE=text/html:<p>a\\,b</p>",
      "DESCRIPTION:<a href=\"https://a.example\">x</a>",
      "COMMENT:1 < 2",
    ])
    #expect(found.pages == ["<p>a,b</p>", "<a href=\"https://a.example\">x</a>"])
    #expect(found.text == "1 < 2\n")
  }

  // MARK: In mail

  private static let head = [
    "From: taro@example.jp", "To: hanako@example.jp", "Subject: x",
    "Date: Wed, 01 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0",
  ]

  private func mail(_ lines: [String], type: String) -> [String] {
    let calendar =
      ["BEGIN:VCALENDAR", "BEGIN:VEVENT"] + lines + ["END:VEVENT", "END:VCALENDAR", ""]
    return Self.head + [
      "Content-Type: \(type)", "Content-Transfer-Encoding: base64", "",
      Base64.encode(Array(calendar.joined(separator: "\r\n").utf8)),
    ]
  }

  private static let types = [
    "text/calendar; charset=utf-8; method=REQUEST", "application/ics; name=a.ics",
    "application/octet-stream; name=invite.ICS", "text/x-vcalendar",
  ]

  @Test(arguments: types)
  func `texts and links of an invitation are a message's own`(type: String) {
    let octets = Array(
      (mail(
        [
          "SUMMARY:Mailbox",
          "DESCRIPTION:Your mailbox storage is full. Verify your acc\r\n ount at",
          "LOCATION:https://files.exam\r\n ple/Invoice.js",
        ], type: type
      ).joined(separator: "\r\n") + "\r\n").utf8)
    let book = FactReader.readAll(Message(octets), FactContext())
    #expect(FactName("link.host").flatMap { book[$0] }?.words == ["files.example"])
    let rules = Set(MessageInspectorTests.report(octets).findings.map(\.rule))
    #expect(rules.isSuperset(of: ["link.program", "phishing.mailbox-en"]), "\(rules)")
  }

  @Test func `a description in HTML is judged as a body is`() {
    let page =
      "X-ALT-DESC;FMTTYPE=text/html:<html><form action='https://a.example'><input\r\n  type=password></form>"
    let report = MessageInspectorTests.report(mail([page], type: Self.types[0]))
    let rules = Set(report.findings.map(\.rule))
    #expect(rules.isSuperset(of: ["html.body-password", "phishing.form-password"]), "\(rules)")
  }

  @Test func `a meeting is clean`() {
    let report = MessageInspectorTests.report(
      mail(
        [
          "SUMMARY:Weekly meeting", "ORGANIZER;CN=Taro:mailto:taro@example.jp",
          "DESCRIPTION:Join at https://meet.example/j/123?pwd=abc\\nAgenda: 1. plans\\, 2. more",
          "X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Join <a href=\"https://meet.example/j/123\">here</a></p></body></html>",
          "CONFERENCE;VALUE=URI:https://meet.example/j/123", "LOCATION:Room 3",
        ], type: Self.types[0]))
    #expect(report.findings.isEmpty, "\(report.findings)")
  }
}
