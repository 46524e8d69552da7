import Foundation
import Testing
import Vectors

/// Commands in clear behind STARTTLS, in its own segment: whoever sits between client and server puts
/// them there (CVE-2011-0411). After the handshake nothing may be left of them (RFC 3207 §4.2).
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct StartTLSSuiteTests {
  /// One session of the suite.
  private struct Case {
    let id: String
    let clear: [String]
    /// Said behind the handshake, and how its reply begins.
    let question: String
    let reply: String

    /// Whether something follows STARTTLS in what is said with it.
    var isInjection: Bool { clear.last != "STARTTLS\r\n" }
  }

  private func cases() throws -> [Case] {
    let path = Suites.folder + "/smtp/starttls-injection/cases.json"
    let document = try Data(contentsOf: URL(fileURLWithPath: path))
    let rows = try JSONSerialization.jsonObject(with: document) as? [[String: Any]] ?? []
    return rows.map { row in
      let secured = row["post_tls"] as? [String]
      return Case(
        id: row["id"] as? String ?? "", clear: row["pre_tls"] as? [String] ?? [],
        question: secured?.first ?? row["command_after_tls"] as? String ?? "FAKE x\r\n",
        reply: row["expect"] as? String ?? "5")
    }
  }

  /// Plays a case, its last words in clear cut after some octets; nil when all goes as it should.
  private func fault(_ one: Case, cut: Int, _ gate: TestGate, _ kind: String) throws -> String? {
    let client = try WireClient(port: gate.port(kind))
    _ = client.hear()
    for text in one.clear.dropLast() {
      client.say(text)
      _ = client.hear()
    }
    let last = Array((one.clear.last ?? "").utf8)
    client.say(Array(last[..<cut]))
    client.say(Array(last[cut...]))
    let go = client.hear()
    guard go.hasPrefix("220 ") else { return "STARTTLS heard \(go)" }
    // What comes behind the 220 is read as TLS, which it isn't: the connection ends.
    guard try client.startTLS() else { return one.isInjection && cut > 0 ? nil : "no handshake" }
    // Each reply is that of its own command, so none was to what had been injected; neither EHLO is
    // remembered.
    var script = [(one.question, one.reply)]
    if one.isInjection {
      script += [("MAIL FROM:<a@b.example>\r\n", "503 "), ("QUIT\r\n", "221 ")]
    }
    for (command, start) in script {
      client.say(command)
      let reply = client.hear()
      guard reply.hasPrefix(start) else { return "\(command) heard \(reply)" }
    }
    return nil
  }

  @Test func `nothing said in clear behind STARTTLS has an effect after the handshake`()
    async throws
  {
    let gate = try await TestGate()
    for kind in ["mx", "submission"] {
      var tally = Tally("starttls-injection on \(kind), cut anywhere")
      for one in try cases() {
        for cut in 0..<(one.clear.last?.utf8.count ?? 0) {
          let fault = try fault(one, cut: cut, gate, kind)
          tally.count(fault == nil, "\(one.id), cut at \(cut): \(fault ?? "")")
        }
      }
      tally.report()
    }
    await gate.close()
  }
}
