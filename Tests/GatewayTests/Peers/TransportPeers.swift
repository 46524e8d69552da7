import Foundation
import Journal
import Vectors

/// A Postfix that shows a certificate of its own for each name, a name server that signs, an authority:
/// what outbound TLS is tried against.
final class TransportPeers {
  static let isPresent =
    SignedNames.isPresent && Peer.has("postfix", "postmap", "python3") && Peer.isRoot

  let folder: String
  let authority: PeerAuthority
  /// Where Postfix listens, and where the one who hides its STARTTLS does.
  let port: UInt16
  private(set) var strippedPort: UInt16 = 0
  private var processes: [ChildProgram] = []
  private(set) var names: SignedNames?

  init() throws {
    folder = "/tmp/kadomori-tls-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    authority = try PeerAuthority()
    port = Peer.freePort()
    try write("authority.pem", try authority.pem)
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  /// Starts Postfix with a certificate for each name that a client may ask for, and the stripper before it.
  func startPostfix(_ identities: [String: PeerAuthority.Identity]) async throws {
    var map = ""
    for (name, identity) in identities {
      try write("\(name).pem", identity.pem)
      map += "\(name) \(folder)/\(name).pem\n"
    }
    try write("sni", map)
    let (made, why) = try Peer.run("postmap", ["-F", "hash:\(folder)/sni"])
    guard made == 0, let first = identities.keys.min() else { throw Fault(words: why) }
    let (code, output) = try Peer.run(
      Peer.script("postfix-instance"), ["start", folder + "/postfix", "\(port)", "discard"],
      environment: [
        "PROCESSES": "20",
        "EXTRA": """
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = \(folder)/\(first).pem
        tls_server_sni_maps = hash:\(folder)/sni
        smtpd_tls_received_header = yes
        """,
      ])
    guard code == 0 else { throw Fault(words: output) }
    strippedPort = try await startPython("strip.py", ["\(port)"])
  }

  /// Starts a script of this folder; gives the port that it says it listens on.
  func startPython(_ name: String, _ arguments: [String]) async throws -> UInt16 {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent(name).path
    let output = "\(folder)/\(name).out"
    processes.append(try Peer.start("python3", [script] + arguments, output: output))
    var port: UInt16?
    _ = await Peer.eventually {
      let said = try? String(contentsOfFile: output, encoding: .utf8)
      port = said?.split(separator: "\n").first.flatMap { UInt16($0) }
      return port != nil
    }
    guard let port else { throw Fault(words: "\(name) does not say where it listens") }
    return port
  }

  func serve(signed: String, plain: String, forged: (from: String, to: String)? = nil) async throws
  {
    names = try await SignedNames(
      folder: folder, signed: ("signed.example", signed), plain: ("plain.example", plain),
      forged: forged)
  }

  /// A gate that sends by the names' records.
  func gate(port: UInt16, _ extra: String = "", before: String = "") async throws -> TestGate {
    try await TestGate(
      outbound: "mx",
      """
      mx-port = \(port)
      authorities = "\(folder)/authority.pem"
      \(before)
      [dns]
      servers = ["127.0.0.1@\(names?.port ?? 0)"]
      trust-anchor = "\(names?.anchor ?? "")"
      timeout = "10s"
      \(extra)
      """)
  }

  func end() {
    names?.end()
    for process in processes {
      process.end()
    }
    _ = try? Peer.run(Peer.script("postfix-instance"), ["stop", folder + "/postfix"])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Why a peer did not start.
  struct Fault: Error { let words: String }
}

extension TestGate {
  /// Sends one message through the internal listener.
  func send(to address: String, header: String = "", extensions: String = "") throws {
    let client = try WireClient(port: port("internal"))
    _ = client.hear()
    for line in [
      "EHLO me", "MAIL FROM:<alice@example.test>\(extensions)", "RCPT TO:<\(address)>", "DATA",
    ] {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    client.say("Subject: hello\r\n\(header)\r\nbody\r\n.\r\n")
    _ = client.hear()
  }

  /// The first attempt for a recipient, once there is one, as `kadomori trace` tells it.
  func attempt(for address: String) async throws -> TracedAttempt? {
    var found: TracedAttempt?
    _ = await Peer.eventually {
      let reader = try? JournalReader(path: folder + "/journal.sqlite")
      let trace = try? reader?.trace(address, limit: 1)
      found = trace?.messages.first?.recipients.first?.attempts.first
      return found != nil
    }
    return found
  }
}
