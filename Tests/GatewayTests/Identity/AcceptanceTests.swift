import DNS
import Foundation
import Journal
import Mail
import MailAuth
import SMTP
import Settings
import Spool
import Synchronization
import Testing

@testable import Gateway

/// Strangers' mail is judged when it is accepted, and what follows is what the settings say.
@Suite struct AcceptanceTests {
  private let body = "Subject: hello\n\nhello"

  @Test func `what is proven arrives with our words on top`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let reply = try Stranger(gate: gate).send("From: taro@good.example\n" + body)
    #expect(reply.hasPrefix("250"))
    let text = try #require(await gate.arrived("alice").first)
    let start = "Delivered-To: alice@example.test\nAuthentication-Results: gate.example.test;\n"
    #expect(text.hasPrefix("Return-Path: <taro@good.example>\n" + start), "\(text)")
    for words in ["iprev=pass", "spf=pass", "dmarc=pass", "header.from=good.example"] {
      #expect(text.contains(words), "\(text)")
    }
    let id = try #require(reply.split(separator: " ").last)
    let message = try #require(try await gate.trace(String(id)).messages.first)
    let action = message.actions.first { $0.what == "identity" }
    #expect(action?.reason.contains("dmarc pass good.example") == true, "\(message.actions)")
    await gate.close()
  }

  @Test func `forged words of ours are taken out, others' stay`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let forged = """
      Authentication-Results: gate.example.test; dmarc=pass
      Authentication-Results: other.example; dmarc=pass
      AUTHENTICATION-RESULTS:
      \t(comment) GATE.example.TEST 1;
       spf=pass smtp.mailfrom=forged.example
      Authentication-Results: "gate.example.test"; dkim=pass
      X-Kept: yes
      Authentication-Results : gate.example.test.; arc=pass

      """
    let message = forged + "From: taro@good.example\n" + body
    #expect(try Stranger(gate: gate).send(message).hasPrefix("250"))
    let text = try #require(await gate.arrived("alice").first)
    let fields = text.lowercased().components(separatedBy: "authentication-results").count - 1
    #expect(fields == 2, "\(text)")
    #expect(
      text.contains("\nAuthentication-Results: other.example; dmarc=pass\nX-Kept: yes\nFrom:"))
    #expect(!text.contains("forged.example"))
    await gate.close()
  }

  @Test func `forged words go from our own people's mail, too`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let message =
      "Authentication-Results: gate.example.test; dmarc=pass\nFrom: a@example.test\n" + body
    let own = Stranger(gate: gate, client: "127.0.0.1", helo: "here", sender: "alice@example.test")
    #expect(try own.send(message).hasPrefix("250"))
    let text = try #require(await gate.arrived("alice").first)
    #expect(!text.contains("Authentication-Results"), "\(text)")
    await gate.close()
  }

  @Test func `more forged fields than can be taken out refuse the message`() async throws {
    let gate = try await TestGate.judging(identityZone, messageSize: 1_000_000)
    let forged = String(
      repeating: "Authentication-Results: gate.example.test; a=b\nX: y\n", count: 2001)
    #expect(try Stranger(gate: gate).send(forged + body).hasPrefix("554 5.6.0"))
    await gate.close()
  }

  @Test func `p=reject is refused with few words outside and all inside`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let stranger = Stranger(gate: gate, client: "203.0.113.9", sender: "x@bad.example")
    let reply = try stranger.send("From: taro@good.example\n" + body)
    #expect(reply.hasPrefix("550 5.7.26 The sender is not proven ["), "\(reply)")
    let refusals = try await gate.trace("203.0.113.9").refusals
    #expect(refusals.first?.reason.contains("good.example asks for reject") == true, "\(refusals)")
    #expect(refusals.first?.recipient == "alice@example.test")
    // Something is proven, but not what From says.
    let other = try Stranger(gate: gate).send(
      "From: taro@sub.good.example\nFrom: x@y.example\n" + body)
    #expect(other.hasPrefix("250"))
    let aligned = Stranger(gate: gate, sender: "x@open.example")
    #expect(try aligned.send("From: taro@good.example\n" + body).hasPrefix("550 5.7.1 "))
    await gate.close()
  }

  @Test func `p=quarantine is held in the commit that its 250 speaks of`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let stranger = Stranger(gate: gate, client: "203.0.113.9")
    let reply = try stranger.send("From: taro@soft.example\n" + body)
    #expect(reply.hasPrefix("250"))
    let held = try #require(gate.gate.parts.pipeline.spool.messages.first)
    #expect(held.hold?.by == Hold.policy)
    #expect(held.hold?.reason.contains("soft.example asks for quarantine") == true)
    #expect(gate.mailbox("alice").isEmpty)
    await gate.close()
  }

  @Test func `a policy that is being tried, or holds for none in a hundred, is a step milder`()
    async throws
  {
    let gate = try await TestGate.judging(identityZone)
    for domain in ["half.example", "tries.example"] {
      let stranger = Stranger(gate: gate, client: "203.0.113.9")
      #expect(try stranger.send("From: taro@\(domain)\n" + body).hasPrefix("250"))
    }
    let text = try #require(await gate.arrived("alice").first)
    #expect(text.contains("header.from=tries.example"))
    let held = gate.gate.parts.pipeline.spool.messages
    #expect(held.map { $0.hold?.reason.contains("half.example asks for quarantine") } == [true])
    await gate.close()
  }

  @Test func `while too many are judged no other is taken unjudged`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let pipeline = gate.gate.parts.pipeline
    let desk = EvidenceDesk(
      resolver: ZoneResolver(identityZone), clock: pipeline.clock, limit: 0)
    let draft = pipeline.spool.draft(id: pipeline.newID(), prefix: [])
    let mail = Array("From: taro@good.example\r\n\r\nx".utf8)
    _ = draft.write(mail) {}
    let origin = Origin(
      listener: .mx, address: try #require(IPAddress("203.0.113.9")), port: 9,
      hello: .other("mail.good.example"))
    await #expect(throws: EvidenceDesk.Overload.self) {
      try await desk.judge(
        SignatureHeader(mail), draft, origin, sender: Mailbox("x@bare.example"),
        pipeline.settings.withLock { $0 }, wanted: [])
    }
    draft.discard()
    await gate.close()
  }

  @Test func `p=none and a failed SPF alone are only marked`() async throws {
    let gate = try await TestGate.judging(identityZone)
    for domain in ["open.example", "bare.example"] {
      let stranger = Stranger(gate: gate, client: "203.0.113.9", sender: "taro@\(domain)")
      #expect(try stranger.send("From: taro@\(domain)\n" + body).hasPrefix("250"))
    }
    let all = await gate.arrived("alice", count: 2).joined()
    #expect(all.contains("dmarc=fail") && all.contains("dmarc=none"))
    #expect(all.components(separatedBy: "spf=fail").count == 3)
    await gate.close()
  }

  @Test func `the settings decide otherwise`() async throws {
    let gate = try await TestGate.judging(
      identityZone,
      """
      [identity]
      dmarc-reject = "mark"
      dmarc-quarantine = "refuse"
      spf-fail = "refuse"
      name = "example.test"
      """)
    func send(_ domain: String) throws -> String {
      try Stranger(gate: gate, client: "203.0.113.9", sender: "t@\(domain)").send(
        "From: taro@\(domain)\n" + body)
    }
    #expect(try send("good.example").hasPrefix("250"))
    #expect(try send("soft.example").hasPrefix("550 5.7.26"))
    #expect(try send("bare.example").hasPrefix("550 5.7.23"))
    let text = try #require(await gate.arrived("alice").first)
    #expect(text.contains("Authentication-Results: example.test;"))
    await gate.close()
  }

  @Test(arguments: [
    ("198.51.100.0/24", true), ("forwarder.example", true), ("lists.forwarder.example", true),
    ("203.0.113.0/24", false), ("good.example", false),
  ])
  func `a trusted forwarder's mail is only marked`(trusted: String, isTaken: Bool) async throws {
    let gate = try await TestGate.judging(
      identityZone, "[identity]\ntrusted-forwarders = [\"\(trusted)\"]")
    let stranger = Stranger(gate: gate, client: "198.51.100.7", helo: "lists.forwarder.example")
    let reply = try stranger.send("From: taro@good.example\n" + body)
    #expect(reply.hasPrefix(isTaken ? "250" : "550"), "\(reply)")
    await gate.close()
  }

  @Test func `what the DNS does not tell in time refuses nothing`() async throws {
    let gate = try await TestGate.judging(identityZone)
    let stranger = Stranger(gate: gate, client: "203.0.113.9", sender: "x@slow.example")
    #expect(try stranger.send("From: taro@slow.example\n" + body).hasPrefix("250"))
    let text = try #require(await gate.arrived("alice").first)
    #expect(text.contains("spf=temperror") && text.contains("dmarc=temperror"), "\(text)")
    await gate.close()
  }

  @Test func `listeners that are not named judge nobody`() async throws {
    let gate = try await TestGate.judging(identityZone, "[identity]\ncheck = []")
    let stranger = Stranger(gate: gate, client: "203.0.113.9")
    #expect(try stranger.send("From: taro@good.example\n" + body).hasPrefix("250"))
    let text = try #require(await gate.arrived("alice").first)
    #expect(!text.contains("Authentication-Results"))
    await gate.close()
  }
}
