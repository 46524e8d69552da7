import Foundation
import Spool
import Testing

/// The built program, killed as a power cut would: what it answered 250 must be in the spool.
@Suite struct KillTests {
  private static let program = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/debug/kadomori")

  private func settings(_ folder: String) -> String {
    """
    hostname = "gate.example.test"
    data-directory = "\(folder)"
    [[listener]]
    kind = "mx"
    address = "127.0.0.1:0"
    [domain."example.test"]
    route = "smtp://127.0.0.1:1"
    recipients = ["alice"]
    """
  }

  /// The port from the program's first line, `listening: mx 127.0.0.1:2525`.
  private func port(_ output: FileHandle) throws -> UInt16 {
    var text = ""
    while !text.contains("\n") {
      let piece = output.availableData
      try #require(!piece.isEmpty, "the program ended: \(text)")
      text += String(decoding: piece, as: UTF8.self)
    }
    let line = text.split(separator: "\n").first ?? ""
    return try #require(line.split(separator: ":").last.flatMap { UInt16($0) })
  }

  private func send(_ client: WireClient) -> String {
    client.say("MAIL FROM:<a@b.example>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n")
    for _ in 0..<3 { _ = client.hear() }
    client.say("Subject: x\r\n\r\nbody\r\n.\r\n")
    return client.hear()
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: program.path)))
  func `every message answered 250 is there after SIGKILL`() async throws {
    let folder = NSTemporaryDirectory() + "kadomori-kill-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try settings(folder).write(toFile: folder + "/k.toml", atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = Self.program
    process.arguments = ["serve", "--settings", folder + "/k.toml"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let client = try WireClient(port: try port(output.fileHandleForReading))
    _ = client.hear()
    client.say("EHLO me\r\n")
    _ = client.hear()
    var promised: [String] = []
    for _ in 0..<100 {
      let reply = send(client)
      #expect(reply.hasPrefix("250"))
      promised.append(reply.split(separator: " ").last.map(String.init) ?? "")
    }
    // One more is under way, unanswered, when the end comes.
    client.say("MAIL FROM:<a@b.example>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let (spool, recovery) = try Spool.open(
      directory: folder + "/spool", fileSystem: DiskFileSystem())
    #expect(recovery.damagedFrames == 0)
    #expect(Set(promised).isSubset(of: Set(spool.messages.map { "\($0.id)" })))
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }
}
