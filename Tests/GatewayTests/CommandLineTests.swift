import ArgumentParser
import Foundation
import Mail
import Settings
import Testing
import Vectors

@testable import Gateway
@testable import kadomori

/// What the commands print and ask, as values.
@Suite struct CommandLineTests {
  @Test func `JSON commands no terminal and stays the same text`() throws {
    let text = "a\u{9B}31m b\u{202E}c\u{2028}d\u{7F}é\u{E0001}"
    let json = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)
    let safe = escaped(json)
    #expect(safe.contains("\\u009b31m") && safe.contains("\\u202e") && safe.contains("é"))
    #expect(!safe.unicodeScalars.contains { [0x9B, 0x202E, 0x2028, 0x7F].contains($0.value) })
    #expect(try JSONDecoder().decode([String].self, from: Data(safe.utf8)) == [text])
    #expect(escaped("{\n  \"a\" : 1\n}") == "{\n  \"a\" : 1\n}")
  }

  @Test func `faults of a settings file are told with their places`() throws {
    let outcome = SettingsFile.parse(Array("hostname = \"a.example\"\nlistner = []\n".utf8))
    guard case .failure(let faults) = outcome else { return #expect(Bool(false)) }
    let report = CheckReport(faults: faults.faults.map(CheckReport.Fault.init), proof: nil)
    let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    #expect(json.contains("\"line\":2") && json.contains("\"column\":1"))
    #expect(json.contains("unknown setting") && !json.contains("proof"))
  }

  @Test func `thousands of ids are asked in batches, each once`() {
    let ids = (0..<2500).map { "ID\($0)" }
    let batches = QueueBatches.of(ids + ["id0"])
    #expect(batches.map(\.count) == [1000, 1000, 500])
    #expect(batches.flatMap(\.self) == ids)
  }

  @Test(arguments: ["/tmp/va\"r", "/tmp/back\\slash", "/tmp/new\nline"])
  func `development settings of an odd folder are right`(folder: String) throws {
    let text = DevelopmentSettings.text(folder)
    let settings = try GateSettings.load(Array(text.utf8))
    #expect(settings.dataDirectory == folder)
    let hint = DevelopmentSettings.hint(below: folder, program: "./my build/kadomori")
    #expect(hint.contains("'\(folder)'/kadomori.toml"))
    #expect(hint.contains("'./my build/kadomori' trace alice@example.test"))
    #expect(DevelopmentSettings.shellWord("/tmp/it's") == "'/tmp/it'\\''s'")
  }

  @Test func `a folder is made with those above it, for us alone`() throws {
    let root = NSTemporaryDirectory() + "kadomori-folder-" + UUID().uuidString
    try PrivateFolder.make(root + "/a/b")
    try PrivateFolder.make(root + "/a/b")
    let mode = try FileManager.default.attributesOfItem(atPath: root + "/a/b")[.posixPermissions]
    #expect(mode as? Int == 0o700)
    _ = FileManager.default.createFile(atPath: root + "/file", contents: nil)
    let failure = #expect(throws: FolderFailure.self) { try PrivateFolder.make(root + "/file/x") }
    #expect(failure?.description.contains("a file has its name") == true)
    try FileManager.default.removeItem(atPath: root)
  }

  @Test func `a certificate is judged as serve would`() {
    var tls = TLSSettings()
    #expect(GateIdentity.fault(of: tls) == nil)
    (tls.certificate, tls.key) = ("/nonexistent/c.pem", "/nonexistent/k.pem")
    #expect(GateIdentity.fault(of: tls)?.hasPrefix("can't read /nonexistent/c.pem") == true)
  }

  @Test func `sessions are counted by neighbourhood too`() throws {
    let count = ConnectionCount()
    let limits = ConnectionLimits(all: 100, address: 2, network: 3)
    func enter(_ text: String) throws -> Bool { count.enter(try #require(IPAddress(text)), limits) }
    #expect(try enter("192.0.2.1") && enter("192.0.2.1"))
    #expect(try !enter("192.0.2.1"))
    #expect(try enter("192.0.2.2"))
    #expect(try !enter("192.0.2.3"))
    #expect(try enter("192.0.3.3"))
    count.leave(try #require(IPAddress("192.0.2.1")))
    #expect(try enter("192.0.2.3"))
    for index in 1...3 { #expect(try enter("2001:db8:0:\(index)::1")) }
    #expect(try !enter("2001:db8:0:ff::1"))
    #expect(try enter("2001:db8:0:100::1"))
    for _ in 0..<10 { #expect(try enter("127.0.0.1")) }
    #expect(count.open == 18)
  }

  private func client(_ folder: String) throws -> ControlClient {
    let text = "hostname = \"gate.example.test\"\ndata-directory = \"\(folder)\""
    return ControlClient(try GateSettings.load(Array(text.utf8)))
  }

  @Test func `releasing what is not held is refused`() async throws {
    let gate = try await TestGate(outbound: "smtp://127.0.0.1:1")
    let wire = try WireClient(port: gate.port("internal"))
    for line in [
      "", "EHLO me", "MAIL FROM:<>", "RCPT TO:<x@elsewhere.example>", "DATA", "\r\nx\r\n.",
    ] {
      if !line.isEmpty { wire.say(line + "\r\n") }
      _ = wire.hear()
    }
    let control = try client(gate.folder)
    let id = try #require(try control.ask(ControlRequest(.list)).messages?.first?.id)
    #expect(throws: ExitCode(1)) { _ = try control.ask(ControlRequest(.release, ids: [id])) }
    let held = try control.ask(ControlRequest(.hold, ids: [id], by: "me", reason: "why"))
    #expect(held.messages?.first?.held?.hasPrefix("why") == true)
    #expect(try control.ask(ControlRequest(.release, ids: [id])).messages?.first?.held == nil)
    await gate.close()
  }

  @Test(.enabled(if: RunningProgram.isBuilt))
  func `output that finds no room ends with 1`() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let program = try ChildProgram(RunningProgram.path, ["rules", "list"], output: full)
    #expect(program.waitUntilExit() == 1)
    #expect(try ChildProgram(RunningProgram.path, ["rules", "list"]).waitUntilExit() == 0)
  }

  @Test func `a gate that does not answer is not waited for`() throws {
    let folder = NSTemporaryDirectory() + "kadomori-silent-" + UUID().uuidString
    try PrivateFolder.make(folder + "/control")
    var control = try client(folder)
    let silent = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: control.path.utf8) }
    let bound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(silent, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0 && listen(silent, 1) == 0)
    control.silenceSeconds = 1
    let start = ContinuousClock.now
    #expect(throws: ExitCode(1)) { _ = try control.ask(ControlRequest(.status)) }
    #expect(ContinuousClock.now - start < .seconds(9))
    close(silent)
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `IPv6 places have brackets, and the status place is its own`() async throws {
    let gate = try await TestGate(
      "[status]\naddress = \"[::1]:0\"\n[[listener]]\nkind = \"mx\"\naddress = \"[::1]:0\"")
    #expect(gate.gate.places.contains { $0.hasPrefix("mx [::1]:") })
    #expect(gate.gate.places.contains { $0.hasPrefix("status [::1]:") })
    await gate.close()
  }
}
