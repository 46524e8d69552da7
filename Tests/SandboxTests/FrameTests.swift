import Foundation
import Inspection
import Mail
import Testing

@testable import Sandbox

/// What goes through the socket: a report comes back as it was, and nothing else is believed.
@Suite struct FrameTests {
  private let finding = Finding(
    "name.rtlo", .attachment, weight: 8, evidence: "請求書", place: 3..<9, path: "part 2/a.zip",
    Sentence(ja: "日本語", en: "English"))

  @Test func `a report comes back as it was`() throws {
    let bare = Finding("identity.dmarc-pass", .identity, weight: -2, Sentence(ja: "", en: ""))
    let octets = ReportFrame.octets(Observations([finding, bare]), milliseconds: 1.5)
    let report = try ReportFrame.parse(octets[...], size: 9)
    #expect(report == InspectionReport([finding, bare], milliseconds: 1.5))
  }

  @Test func `files, passwords and what a rule asks for come back as they were`() throws {
    var found = Observations([finding])
    found.findings[0].action = .refuse
    found.files = [
      AttachedFile(path: "part 2/a.zip", suffix: "zip", place: 3..<9, kinds: ["zip", "html"]),
      AttachedFile(path: "part 3", suffix: "", place: nil, kinds: []),
    ]
    found.hasMoreFiles = true
    found.passwords = ["Kd8#mq2z"]
    let octets = ReportFrame.octets(found, milliseconds: 1)
    let report = try ReportFrame.parse(octets[...], size: 9)
    #expect(report == InspectionReport(found, milliseconds: 1))
    #expect(report.files == found.files && report.hasMoreFiles)
    #expect(report.passwords == ["Kd8#mq2z"] && report.findings[0].action == .refuse)
  }

  @Test func `rules come back as they were, and half of them are none`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/frames-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = "rule a { strings: $a = \"needle\" condition: $a }"
    try text.write(toFile: folder + "/a.yar", atomically: true, encoding: .utf8)
    try "[lists]\na = []\n".write(
      toFile: folder + "/b.toml", atomically: true, encoding: .utf8)
    let octets = InspectorRules(UserRules(rules: folder, yara: folder)).octets
    let rules = try InspectorRules.parse(octets[...])
    #expect(rules.sources.map(\.name) == ["b.toml"])
    let inspector = try #require(rules.inspector)
    let mail = Array("From: a@b.example\r\n\r\na needle\r\n".utf8)
    #expect(inspector.findings(mail, .mail).map(\.rule).contains("yara.a"))
    #expect(throws: (any Error).self) { try InspectorRules.parse(octets.dropLast()) }
    #expect(YaraRules(octets: Array(rules.yara.dropLast(200))) == nil)
  }

  @Test func `a place outside the message is refused`() {
    let octets = ReportFrame.octets(Observations([finding]), milliseconds: 0)
    #expect(throws: (any Error).self) { try ReportFrame.parse(octets[...], size: 8) }
  }

  @Test func `a cut or longer report is refused`() {
    let octets = ReportFrame.octets(Observations([finding]), milliseconds: 0)
    for count in 0..<octets.count {
      #expect(throws: (any Error).self) { try ReportFrame.parse(octets[..<count], size: 9) }
    }
    #expect(throws: (any Error).self) { try ReportFrame.parse(octets + [0], size: 9) }
  }

  @Test func `weights that are no numbers or too great are refused`() {
    for weight in [Double.nan, .infinity, 101] {
      var wrong = finding
      wrong.weight = weight
      let octets = ReportFrame.octets(Observations([wrong]), milliseconds: 0)
      #expect(throws: (any Error).self) { try ReportFrame.parse(octets[...], size: 9) }
    }
  }

  @Test func `texts are made printable again`() throws {
    var wrong = finding
    wrong.evidence = "a\u{202E}b\u{1B}[2J"
    wrong.sentence.en = "c\u{7}"
    let octets = ReportFrame.octets(Observations([wrong]), milliseconds: 0)
    let report = try ReportFrame.parse(octets[...], size: 9)
    #expect(report.findings[0].evidence == "a·b·[2J")
    #expect(report.findings[0].sentence.en == "c·")
  }

  @Test func `the largest report fits a frame`() {
    let long = String(repeating: "門", count: 10_000)
    let large = Finding(
      String(repeating: "r", count: 64), .attachment, weight: 1, evidence: long, place: 0..<1,
      path: long, Sentence(ja: long, en: long))
    let octets = ReportFrame.octets(
      Observations([Finding](repeating: large, count: 1000)), milliseconds: 0)
    #expect(octets.count < FrameReader.frameLimit)
    #expect((try? ReportFrame.parse(octets[...], size: 1)) != nil)
  }

  @Test(arguments: [Submission.mail, .file(name: "請求書.zip")])
  func `a request comes back as it was`(submission: Submission) throws {
    var context = FactContext()
    context.clientAddress = IPAddress("192.0.2.1")
    context.helo = "mx.example"
    context.mailFrom = ""
    context.recipients = ["a@b.example", "c@d.example"]
    context.authentication = ["auth.dmarc": ["fail"], "auth.dkim": []]
    context.passwords = ["Kd8#mq2z"]
    context.passwordsAreGiven = submission == .mail
    context.wantsPasswords = true
    let request = InspectionRequest(size: 12_345, submission, context)
    let read = try InspectionRequest.parse(request.octets[...])
    #expect(read.size == 12_345 && read.submission == submission)
    #expect(read.context.clientAddress == context.clientAddress)
    #expect(read.context.helo == "mx.example" && read.context.clientName == nil)
    #expect(read.context.mailFrom == "" && read.context.recipients == context.recipients)
    #expect(read.context.authentication == context.authentication)
    #expect(read.context.passwords == ["Kd8#mq2z"] && read.context.wantsPasswords)
    #expect(read.context.passwordsAreGiven == context.passwordsAreGiven)
  }

  @Test func `an inspector's options come back as they were`() {
    var options = InspectorOptions()
    options.memory = 5
    options.obeysTests = true
    #expect(InspectorOptions(options.arguments) == options)
    #expect(InspectorOptions(["--memory"]) == nil)
    #expect(InspectorOptions(["--unknown"]) == nil)
  }
}
