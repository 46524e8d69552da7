import Foundation
import Inspection
import Journal
import Settings
import Spool
import Testing

@testable import Gateway

/// Rules of one's own in the running gate: taken up when they change, refused when they are bad.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct RuleReloadTests {
  private static let yara = """
    rule Needle {
      meta: weight = 13 ja = "針です。" en = "A needle."
      strings: $a = "needle-in-mail"
      condition: $a
    }
    """

  private static func toml(_ word: String, weight: Int = 12) -> String {
    """
    [[rule]]
    id = "own.word"
    when = 'body.text contains "\(word)"'
    weight = \(weight)
    class = "malware"
    ja = "ことば。"
    en = "A word."
    """
  }

  private func opened(_ prepare: (String) throws -> Void) async throws -> TestGate {
    try await TestGate.inspecting(
      inspection: "rules = \"{folder}/rules\"\nyara = \"{folder}/yara\"",
      prepare: { folder in
        for name in ["rules", "yara"] {
          try FileManager.default.createDirectory(
            atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        try prepare(folder)
      })
  }

  private static func write(_ text: String, _ path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// What two looks see alike is taken up.
  private func looked(_ gate: TestGate) {
    for _ in 0..<2 { gate.gate.parts.pipeline.content?.rules.look() }
  }

  private func rules(_ gate: TestGate, _ text: String) async throws -> [String] {
    let subject = UUID().uuidString
    let mail = "From: a@b.example\nMessage-ID: <\(subject)@b.example>\n\n\(text)\n"
    #expect(try gate.send(mail).hasPrefix("250"))
    let found =
      try await gate.trace("\(subject)@b.example").messages.first?.judgement?.findings ?? []
    return found.map(\.rule)
  }

  @Test func `a refused reload and unreadable keys are noted until they are mended`() async throws {
    let gate = try await opened { try Self.write(Self.yara, $0 + "/yara/a.yar") }
    let parts = gate.gate.parts
    gate.gate.refusedReload(["k.toml:3:1: unknown setting"])
    let keys = gate.folder + "/dkim"
    try? FileManager.default.removeItem(atPath: keys)
    try FileManager.default.createSymbolicLink(atPath: keys, withDestinationPath: keys)
    #expect(parts.pipeline.keys.load()?.contains("can't list") == true)
    let health = gate.page("/health")
    #expect(health.status == 200)
    #expect(health.body.contains("note: the settings were refused at the last reload"))
    #expect(health.body.contains("k.toml:3:1: unknown setting"))
    #expect(health.body.contains("note: the DKIM keys can't be read"))
    try FileManager.default.removeItem(atPath: keys)
    #expect(parts.pipeline.keys.load() == nil)
    _ = try gate.gate.reload(parts.settings)
    #expect(!gate.page("/health").body.contains("refused"))
    #expect(!gate.page("/health").body.contains("DKIM"))
    await gate.close()
  }

  @Test func `a YARA rule of the folder holds a mail, and a bad file leaves it on`() async throws {
    let gate = try await opened { try Self.write(Self.yara, $0 + "/yara/a.yar") }
    #expect(try await rules(gate, "a needle-in-mail").contains("yara.needle"))
    #expect(gate.gate.parts.pipeline.spool.heldCount == 1)
    #expect(gate.page("/metrics").body.contains("kadomori_own_rules{kind=\"yara\"} 1\n"))

    try gate.write("rule Needle {\n  condition: $nothing\n}", to: "yara/a.yar")
    looked(gate)
    #expect(try await rules(gate, "a needle-in-mail").contains("yara.needle"))
    let health = gate.page("/health")
    #expect(
      health.status == 200 && health.body.contains("note: ") && health.body.contains("a.yar:"))
    #expect(gate.page("/metrics").body.contains("kadomori_rule_faults 1\n"))

    try gate.write(Self.yara.replacing("needle-in", with: "other-in"), to: "yara/a.yar")
    looked(gate)
    #expect(try await rules(gate, "a needle-in-mail").contains("yara.needle") == false)
    #expect(try await rules(gate, "an other-in-mail").contains("yara.needle"))
    let mended = gate.page("/health")
    #expect(mended.status == 200, "\(mended.body)")
    await gate.close()
  }

  @Test func `a TOML rule is taken up without a restart, and a bad file leaves the old on`()
    async throws
  {
    let gate = try await opened { try Self.write(Self.toml("sesame"), $0 + "/rules/own.toml") }
    #expect(try await rules(gate, "open sesame").contains("own.word"))

    try gate.write(Self.toml("barley").replacing("contains", with: "has"), to: "rules/own.toml")
    looked(gate)
    #expect(try await rules(gate, "open sesame").contains("own.word"))
    #expect(gate.page("/health").body.contains("own.toml:3:"))

    try gate.write(Self.toml("barley"), to: "rules/own.toml")
    looked(gate)
    #expect(try await rules(gate, "open sesame").contains("own.word") == false)
    #expect(try await rules(gate, "open barley").contains("own.word"))
    #expect(gate.page("/metrics").body.contains("kadomori_own_rules{kind=\"toml\"} 1\n"))

    try FileManager.default.removeItem(atPath: gate.folder + "/rules/own.toml")
    looked(gate)
    #expect(try await rules(gate, "open barley").contains("own.word") == false)
    await gate.close()
  }

  @Test func `a reload takes up another folder`() async throws {
    let gate = try await opened { try Self.write(Self.toml("sesame"), $0 + "/other/own.toml") }
    #expect(try await rules(gate, "open sesame").contains("own.word") == false)
    var settings = gate.gate.parts.settings
    settings.inspection.folders.rules = gate.folder + "/other"
    #expect(try gate.gate.reload(settings).isEmpty)
    #expect(try await rules(gate, "open sesame").contains("own.word"))
    await gate.close()
  }
}
