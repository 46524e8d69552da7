import Inspection
import Mail
import Policy
import Testing

/// What rows of `[[attachment]]` and rules' own actions do to a decision.
@Suite struct AttachmentRuleTests {
  private static let sentence = Sentence(ja: "試し", en: "A try.")

  private static func report(
    _ findings: [Finding], files: [(path: String, suffix: String, kinds: [String])] = [],
    hasMore: Bool = false
  ) -> InspectionReport {
    var found = Observations(findings)
    found.files = files.map {
      AttachedFile(path: $0.path, suffix: $0.suffix, place: 5..<9, kinds: $0.kinds)
    }
    found.hasMoreFiles = hasMore
    return InspectionReport(found, milliseconds: 1)
  }

  private static func finding(
    _ rule: String, _ kind: FindingKind = .attachment, _ weight: Double = 12, at path: String,
    action: RuleAction? = nil
  ) -> Finding {
    Finding(
      rule, kind, weight: weight, place: 5..<9, path: path, action: action, Self.sentence)
  }

  private static let program = report(
    [finding("file.packed-program", at: "part 2/a.exe")],
    files: [("part 2", "zip", ["zip"]), ("part 2/a.exe", "exe", ["portableExecutable"])])

  private func action(
    _ report: InspectionReport, _ rules: [AttachmentRule], _ way: Direction = .inbound,
    decisions: [DecisionRule] = []
  ) -> Action {
    DecisionPolicy(rules: decisions, attachments: rules)
      .treatment(report, way, to: Mailbox("a@b.example")).action
  }

  @Test func `the first row that matches a file decides, the severest file for the message`() {
    let rows = [
      AttachmentRule(suffixes: ["zip"], action: .mark),
      AttachmentRule(classes: [.program], action: .refuse),
    ]
    #expect(action(Self.program, rows) == .refuse)
    #expect(action(Self.program, [rows[0]]) == .hold)
    #expect(action(Self.program, [AttachmentRule(kinds: ["rar"], action: .refuse)]) == .hold)
  }

  @Test func `what a row lets pass is not held against the message, all else is`() {
    let lets = [AttachmentRule(classes: [.program], action: .accept)]
    #expect(action(Self.program, lets) == .accept)
    let known = Self.report(
      Self.program.findings + [
        Self.finding("yara.emotet", .malware, 13, at: "part 2/a.exe")
      ], files: [("part 2/a.exe", "exe", ["portableExecutable"])])
    #expect(action(known, lets) == .hold)
    let other = Self.report(
      Self.program.findings + [Self.finding("file.script", at: "part 3")],
      files: [("part 2/a.exe", "exe", ["portableExecutable"]), ("part 3", "js", ["javaScript"])])
    #expect(action(other, lets) == .hold)
  }

  @Test func `rows are for directions, domains and recipients`() throws {
    func row(
      _ direction: Direction? = nil, _ domain: String? = nil, _ recipient: String? = nil
    ) -> [AttachmentRule] {
      [
        AttachmentRule(
          direction: direction, domain: domain.flatMap { Domain($0) },
          recipient: recipient.flatMap { Mailbox($0) }, classes: [.program], action: .refuse)
      ]
    }
    #expect(action(Self.program, row(.inbound, "b.example", "A@b.example")) == .refuse)
    #expect(action(Self.program, row(.outbound)) == .hold)
    #expect(action(Self.program, row(.outbound), .outbound) == .refuse)
    #expect(action(Self.program, row(nil, "c.example")) == .hold)
    #expect(action(Self.program, row(nil, nil, "x@b.example")) == .hold)
  }

  @Test func `an encrypted archive that may pass has no unread part, nor what a scanner says`() {
    let locked = Self.report(
      [
        Self.finding("archive.encrypted", .unread, 4, at: "part 2"),
        Finding("scanner.encrypted", .unread, weight: 2, Self.sentence),
      ], files: [("part 2", "zip", ["zip"])])
    #expect(action(locked, []) == .hold)
    #expect(action(locked, [AttachmentRule(classes: [.encrypted], action: .accept)]) == .accept)
    #expect(action(locked, [AttachmentRule(classes: [.encrypted], action: .mark)]) == .mark)
  }

  @Test func `a part that is taken out takes along what was found in it, malware stays told`() {
    let strips = [AttachmentRule(classes: [.program, .encrypted], action: .strip)]
    #expect(action(Self.program, strips) == .strip)
    let locked = Self.report(
      [Self.finding("archive.encrypted", .unread, 4, at: "part 2")],
      files: [("part 2", "zip", ["zip"])])
    #expect(action(locked, strips) == .strip)
    let known = Self.report(
      Self.program.findings + [Finding("malware.clamd", .malware, weight: 20, Self.sentence)],
      files: [("part 2/a.exe", "exe", ["portableExecutable"])])
    #expect(action(known, strips) == .hold)
  }

  @Test func `more files than are listed are held where rows restrict`() {
    let many = Self.report([], files: [("part 2", "txt", ["text"])], hasMore: true)
    #expect(action(many, []) == .accept)
    #expect(action(many, [AttachmentRule(suffixes: ["iso"], action: .refuse)]) == .hold)
    #expect(action(many, [AttachmentRule(suffixes: ["iso"], action: .accept)]) == .accept)
  }

  @Test func `a file that is taken out says why`() {
    let policy = DecisionPolicy(attachments: [AttachmentRule(kinds: ["zip"], action: .strip)])
    let clean = Self.report([], files: [("part 2", "zip", ["zip"]), ("part 3", "txt", ["text"])])
    let treatment = policy.treatment(clean, .inbound, to: nil)
    #expect(treatment.action == .strip)
    #expect(treatment.removed.map(\.path) == ["part 2"])
    #expect(treatment.removed.allSatisfy { $0.place == 5..<9 && !$0.sentence.ja.isEmpty })
  }

  @Test(arguments: [(RuleAction.mark, Action.mark), (.hold, .hold), (.refuse, .refuse)])
  func `a rule's own action counts whatever it weighs, and a decision goes before it`(
    asked: RuleAction, done: Action
  ) {
    let report = Self.report([Self.finding("own.rule", .format, 0, at: "", action: asked)])
    #expect(report.verdict == .clean)
    #expect(action(report, []) == done)
    #expect(action(report, [], decisions: [DecisionRule(action: .accept)]) == .accept)
  }

  @Test func `recipients for whom other files go share nothing`() {
    let policy = DecisionPolicy(attachments: [
      AttachmentRule(recipient: Mailbox("a@b.example"), kinds: ["zip"], action: .strip),
      AttachmentRule(kinds: ["pdf"], action: .strip),
    ])
    let report = Self.report([], files: [("part 2", "zip", ["zip"]), ("part 3", "pdf", ["pdf"])])
    let all = ["a@b.example", "c@b.example", "d@b.example"].map {
      (direction: Direction.inbound, mailbox: Mailbox($0))
    }
    guard case .take(let shares) = policy.decide(report, all) else {
      Issue.record("not taken")
      return
    }
    #expect(shares.map(\.recipients) == [[0], [1, 2]])
    #expect(shares.map { $0.removed.compactMap(\.path) } == [["part 2", "part 3"], ["part 3"]])
  }
}
