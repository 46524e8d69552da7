import Glibc
import Spool
import Testing

/// The built program, killed as a power cut would: what it answered 250 must be in the spool.
@Suite struct KillTests {
  private func send(_ client: WireClient) -> String {
    client.say("MAIL FROM:<a@b.example>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n")
    for _ in 0..<3 { _ = client.hear() }
    client.say("Subject: x\r\n\r\nbody\r\n.\r\n")
    return client.hear()
  }

  @Test(.enabled(if: RunningProgram.isBuilt))
  func `every message answered 250 is there after SIGKILL`() async throws {
    let program = try RunningProgram()
    let client = try WireClient(port: program.port)
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
    program.end(SIGKILL)
    let (spool, recovery) = try Spool.open(
      directory: program.folder + "/spool", fileSystem: DiskFileSystem())
    #expect(recovery.damagedFrames == 0)
    #expect(Set(promised).isSubset(of: Set(spool.messages.map { "\($0.id)" })))
    await spool.close()
    try program.remove()
  }
}
