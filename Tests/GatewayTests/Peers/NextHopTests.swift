import Foundation
import Testing
import Vectors

/// Postfix, smtp-sink and a name server behind and beside a gate.
@Suite(
  .enabled(
    if: Peer.has("postfix", "smtp-sink", "smtp-source", "nsd") && Peer.isRoot,
    "needs root and postfix and nsd: scripts/setup --tests"), .serialized)
struct NextHopTests {
  /// A folder that Postfix's own users may enter.
  private static func folder() throws -> String {
    let path = "/tmp/kadomori-peer-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func postfix(_ folder: String, _ port: UInt16, _ mode: String...) throws {
    let (code, output) = try Peer.run(
      Peer.script("postfix-instance"), ["start", folder, "\(port)"] + mode,
      environment: ["PROCESSES": "20"])
    #expect(code == 0, "\(output)")
  }

  @Test func `Postfix takes what the gate hands on, by STARTTLS or in clear`() async throws {
    let folder = try Self.folder()
    let port = Peer.freePort()
    try postfix(folder, port, "discard")
    let gate = try await TestGate(outbound: "smtp://127.0.0.1:\(port)")
    let (code, _) = try Peer.run(
      "smtp-source",
      [
        "-m", "50", "-s", "5", "-l", "5000", "-f", "a@b.example", "-t", "c@foreign.example",
        "127.0.0.1:\(gate.port("internal"))",
      ])
    #expect(code == 0)
    let arrived = await Peer.eventually {
      let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
      return log.components(separatedBy: "relay=none").count - 1 == 50
    }
    #expect(arrived)
    await gate.close()
    _ = try Peer.run(Peer.script("postfix-instance"), ["stop", folder])
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test func `Postfix as a client hands its mail to the gate`() async throws {
    let folder = try Self.folder()
    let gate = try await TestGate()
    let port = Peer.freePort()
    try postfix(folder, port, "relay", "127.0.0.1:\(gate.port("mx"))")
    let (code, _) = try Peer.run(
      "smtp-source",
      [
        "-m", "20", "-s", "4", "-l", "5000", "-f", "a@b.example", "-t", "alice@example.test",
        "127.0.0.1:\(port)",
      ])
    #expect(code == 0)
    #expect(await Peer.eventually { gate.mailbox("alice").count == 20 })
    await gate.close()
    _ = try Peer.run(Peer.script("postfix-instance"), ["stop", folder])
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test func `by the records of a name server mail goes to the best exchanger`() async throws {
    let folder = try Self.folder()
    let sinkPort = Peer.freePort()
    try NameServer.write(
      "@ MX 10 mx\nmx A 127.0.0.1\nnull MX 0 .", of: "example.net", in: folder)
    let names = try await NameServer(folder: folder, files: ["example.net": "example.net"])
    let sink = try Peer.start(
      "smtp-sink", ["-c", "-u", "nobody", "127.0.0.1:\(sinkPort)", "100"], output: folder + "/sink")
    #expect(await Peer.listens(on: sinkPort))
    let gate = try await TestGate(
      outbound: "mx",
      """
      mx-port = \(sinkPort)
      [dns]
      servers = ["127.0.0.1@\(names.port)"]
      timeout = "5s"
      """)
    let client = try WireClient(port: gate.port("internal"))
    _ = client.hear()
    for line in [
      "EHLO me", "MAIL FROM:<alice@example.test>", "RCPT TO:<x@example.net>",
      "RCPT TO:<x@null.example.net>", "RCPT TO:<x@absent.example.net>", "DATA",
    ] {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    client.say("Subject: hello\r\n\r\nbody\r\n.\r\n")
    #expect(client.hear().hasPrefix("250"))
    let isSunk = await Peer.eventually {
      ((try? String(contentsOfFile: folder + "/sink", encoding: .utf8)) ?? "").contains("1")
    }
    #expect(isSunk)
    // The two that can't be delivered come back to the sender, who is ours.
    #expect(await Peer.eventually { gate.mailbox("alice").count >= 1 })
    let notice = gate.mailbox("alice").map { String(decoding: $0, as: UTF8.self) }.joined()
    #expect(await Peer.eventually { gate.mailbox("alice").count == 2 } || notice.contains("5.1.10"))
    let all = gate.mailbox("alice").map { String(decoding: $0, as: UTF8.self) }.joined()
    #expect(all.contains("Status: 5.1.10"))
    #expect(all.contains("Status: 5.1.2"))
    #expect(all.contains("Return-Path: <>"))
    await gate.close()
    names.end()
    sink.end()
    try? FileManager.default.removeItem(atPath: folder)
  }
}
