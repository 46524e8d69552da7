import Foundation
import Testing

/// SIGHUP, as the built program takes it: what came of it stands in its log.
@Suite struct ReloadTests {
  @Test(.enabled(if: RunningProgram.isBuilt))
  func `new settings are taken, wrong, open and silent ones are not`() throws {
    let program = try RunningProgram()
    try program.change { $0.replacingOccurrences(of: "[\"alice\"]", with: "[\"alice\", \"bob\"]") }
    let taken = try program.line(with: " settings-reloaded ")
    #expect(taken.hasSuffix("after-restart=\"\""))

    try program.change { $0 + "\n[limits]\nerors = 3\n" }
    let mistaken = try program.line(with: " reload-refused ")
    #expect(mistaken.contains("k.toml:11:1: unknown setting"))

    try program.change { text in
      text.replacingOccurrences(of: "erors", with: "errors")
        + "[network.all]\naddresses = [\"192.0.2.0/24\"]\nrelays = true\nhosts = 1\n"
    }
    let open = try program.line(with: " reload-refused ")
    #expect(open.contains("has public addresses"))

    try program.change { text in
      String(text[..<(text.range(of: "[[listener]]")?.lowerBound ?? text.endIndex)])
    }
    let silent = try program.line(with: " reload-refused ")
    #expect(silent.contains("nothing would be received"))
    #expect(program.end() == 0)
    #expect(try program.line(with: " stopping ").contains("signal=SIGTERM"))
    try program.remove()
  }

  @Test(.enabled(if: RunningProgram.isBuilt))
  func `a JSON log has it as JSON`() throws {
    let program = try RunningProgram("[log]\nformat = \"json\"")
    try program.change { $0 + "nonsense" }
    let line = try program.line(with: "reload-refused")
    let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    #expect(fields["event"] == "reload-refused" && fields["settings"] == "the old ones stay")
    program.end()
    try program.remove()
  }
}
