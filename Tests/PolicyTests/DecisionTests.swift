import Inspection
import Mail
import Policy
import SMTP
import Testing

@Suite struct DecisionTests {
  private static let sentence = Sentence(ja: "試し", en: "A try.")

  private static func report(_ weights: (String, FindingKind, Double)...) -> InspectionReport {
    InspectionReport(
      weights.map { Finding($0.0, $0.1, weight: $0.2, sentence) }, milliseconds: 1)
  }

  private static let executable = report(("attachment.executable", .attachment, 12))
  private static let odd = report(("format.odd", .format, 6))

  private func mailbox(_ text: String) -> Mailbox? { Mailbox(text) }

  @Test func `a verdict has its action where no decision matches`() {
    let policy = DecisionPolicy()
    #expect(Self.executable.verdict == .malicious)
    #expect(policy.treatment(Self.executable, .inbound, to: mailbox("a@b.example")).action == .hold)
    #expect(policy.treatment(Self.odd, .inbound, to: nil).action == .mark)
    #expect(policy.treatment(Self.report(), .outbound, to: nil).action == .accept)
  }

  @Test func `the first decision that matches in everything it names decides`() {
    let policy = DecisionPolicy(rules: [
      DecisionRule(
        recipient: mailbox("Lab@b.example"), finding: "attachment.*", action: .strip),
      DecisionRule(domain: Domain("b.example"), verdict: .malicious, action: .refuse),
      DecisionRule(direction: .outbound, action: .hold),
    ])
    #expect(
      policy.treatment(Self.executable, .inbound, to: mailbox("lab@b.example")).action == .strip)
    #expect(
      policy.treatment(Self.executable, .inbound, to: mailbox("x@b.example")).action == .refuse)
    #expect(policy.treatment(Self.executable, .inbound, to: mailbox("x@c.example")).action == .hold)
    #expect(policy.treatment(Self.report(), .outbound, to: mailbox("x@c.example")).action == .hold)
    #expect(policy.treatment(Self.report(), .inbound, to: mailbox("x@c.example")).action == .accept)
  }

  @Test func `a finding's pattern ends at a whole name`() {
    let policy = DecisionPolicy(rules: [DecisionRule(finding: "attach.*", action: .refuse)])
    #expect(policy.treatment(Self.executable, .inbound, to: nil).action == .hold)
  }

  @Test func `a message is refused only where that is right for every recipient`() {
    let rules = [DecisionRule(recipient: mailbox("a@b.example"), action: .refuse)]
    let policy = DecisionPolicy(rules: rules)
    let a = (direction: Direction.inbound, mailbox: mailbox("a@b.example"))
    let b = (direction: Direction.inbound, mailbox: mailbox("b@b.example"))
    #expect(policy.decide(Self.odd, [a]) == .refuse)
    guard case .take(let shares) = policy.decide(Self.odd, [a, b, a]) else {
      Issue.record("not taken")
      return
    }
    #expect(shares.map(\.action) == [.mark, .hold])
    #expect(shares.map(\.recipients) == [[1], [0, 2]])
  }

  @Test func `some put off and some refused are put off`() {
    let policy = DecisionPolicy(rules: [
      DecisionRule(recipient: mailbox("a@b.example"), action: .refuse),
      DecisionRule(action: .defer),
    ])
    let a = (direction: Direction.inbound, mailbox: mailbox("a@b.example"))
    #expect(policy.decide(Self.odd, [a, (.inbound, nil)]) == .defer)
  }

  @Test func `the field names rules by weight and no evidence`() {
    var report = Self.report(("a.b", .format, 1), ("c.d", .format, 6), ("e.f", .format, 0))
    report.findings[0].evidence = "secret"
    let mark = Mark(report, id: TraceID(milliseconds: 1, random: 2))
    let text = String(decoding: mark.field, as: UTF8.self)
    #expect(text.hasPrefix("X-Kadomori-Verdict: suspicious; score=7; id="))
    #expect(text.contains("rules=c.d,a.b\r\n"))
    #expect(!text.contains("secret"))
  }

  @Test func `fields that pretend to be ours are found whole`() {
    let message = Array(
      "A: b\r\nx-KADOMORI-Verdict: clean;\r\n and more\r\nSubject: s\r\nX-Kadomor: x\r\n\r\nbody"
        .utf8)
    let ranges = Mark.imitations(in: HeaderFields(message).fields, of: message)
    let found = ranges.map { String(decoding: message[$0], as: UTF8.self) }
    #expect(found == ["x-KADOMORI-Verdict: clean;\r\n and more\r\n"])
  }

  @Test func `a subject's tag is an encoded word where it must be`() {
    #expect(String(decoding: Mark.subjectTag("[SPAM]"), as: UTF8.self) == " [SPAM]")
    #expect(
      String(decoding: Mark.subjectTag("[注意]"), as: UTF8.self) == " =?utf-8?B?W+azqOaEj10g?=")
  }
}
