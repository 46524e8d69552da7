import Testing

@testable import Inspection

/// What a calendar takes in by itself and acts on.
@Suite struct CalendarCheckTests {
  private func report(_ lines: [String]) -> InspectionReport {
    let text = (["BEGIN:VCALENDAR"] + lines + ["END:VCALENDAR", ""]).joined(separator: "\r\n")
    return MessageInspectorTests.report(Array(text.utf8), .file(name: "a.ics"))
  }

  @Test(arguments: [
    ("ACTION;X=1:PROCEDURE", "calendar.procedure"), ("action:\r\n procedure", "calendar.procedure"),
    (#"ATTACH:\\evil.example\x.wav"#, "calendar.share"),
    ("ATT\r\n\tACH;VALUE=URI:fi\r\n le://evil.example/x.wav", "calendar.share"),
    (#"X-SOUND:\\evil.example\x.wav"#, "calendar.share"),
    ("ATTACH:https://a.example/setup.exe", "calendar.file"),
    (
      "attach:https://a.example/\(String(repeating: "b", count: 300))\r\n .vb\r\n s",
      "calendar.file"
    ),
  ])
  func `what acts is found however its line is written`(line: String, rule: String) {
    #expect(report([line]).findings.map(\.rule) == [rule])
  }

  @Test(arguments: [
    "SUMMARY:ACTION:PROCEDURE", "ATTACH:https://a.example/b.pdf", "ACTION:DISPLAY",
    "DESCRIPTION:ask\r\n ATTACH:a.exe",
  ])
  func `what does not act is not`(line: String) {
    #expect(report([line]).findings.isEmpty)
  }

  @Test func `more events than are looked at are told`() {
    let found = report([String](repeating: "BEGIN:VEVENT", count: 100_000)).findings
    #expect(found.map(\.rule) == ["file.unread"])
    #expect(report([String](repeating: "BEGIN:VEVENT", count: 99_999)).findings.isEmpty)
  }
}
