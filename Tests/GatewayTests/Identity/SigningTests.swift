import DNS
import Foundation
import Mail
import MailAuth
import Relay
import SMTP
import Testing

@testable import Gateway

/// What our people send is signed, what we hand on is sealed, and both hold.
@Suite struct SigningTests {
  private static let now = Timestamp(microseconds: 1_700_000_000_000_000)

  /// Active keys of both kinds, and the zone that has them.
  private func keys(_ domain: String) throws -> (files: [DKIMKeyFile], zone: String) {
    let domain = try #require(Domain(domain))
    let files = try DKIMRotation.newKeys(domain, [.rsa, .ed25519], besides: [], now: Self.now)
      .map { key in
        var key = key
        key.become(.active, at: Self.now)
        return key
      }
    return (files, files.compactMap { $0.record?.zoneLine }.joined(separator: "\n") + "\n")
  }

  private func write(_ files: [DKIMKeyFile], _ folder: String) throws {
    for file in files { try DKIMKeyFolder(dataDirectory: folder).write(file) }
  }

  private func own(_ gate: TestGate) -> Stranger {
    Stranger(gate: gate, client: "127.0.0.1", helo: "here", sender: "alice@example.test")
  }

  /// As it was on the wire.
  private func wire(_ mail: String) -> [UInt8] {
    let lines = mail.components(separatedBy: "\n").dropFirst()
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  private func judge(_ mail: [UInt8], _ zone: String) async -> DKIMReport {
    let seconds = Int64(Date().timeIntervalSince1970)
    return await DKIMVerifier.judge(
      mail, now: Timestamp(microseconds: seconds * 1_000_000), resolver: ZoneResolver(zone))
  }

  @Test func `own mail is signed with both keys, and both hold`() async throws {
    let (files, zone) = try keys("example.test")
    let gate = try await TestGate.judging(zone, messageSize: 2_000_000) { try write(files, $0) }
    let long = String(repeating: "A line of no great interest.\n", count: 40_000)
    for body in ["short", "", long] {
      let message = "From: Alice <alice@example.test>\nSubject: x\n\n" + body
      #expect(try own(gate).send(message).hasPrefix("250"))
    }
    for mail in await gate.arrived("alice", count: 3) {
      let report = await judge(wire(mail), zone)
      #expect(report.signatures.map(\.status) == [.pass, .pass], "\(report)")
      #expect(Set(report.signatures.compactMap(\.algorithm)) == [.rsaSHA256, .ed25519SHA256])
      // Nobody can add a second Subject.
      let twice = Array("Subject: forged\r\n".utf8) + wire(mail)
      #expect(await judge(twice, zone).signatures.allSatisfy { $0.status == .fail })
    }
    await gate.close()
  }

  @Test func `a subdomain is signed by the domain above, strangers and others not at all`()
    async throws
  {
    let (files, zone) = try keys("example.test")
    let gate = try await TestGate.judging(zone + identityZone) { try write(files, $0) }
    let message = "From: alice@news.example.test\n\nx"
    #expect(try own(gate).send(message).hasPrefix("250"))
    let signed = try #require(await gate.arrived("alice").first)
    #expect(signed.components(separatedBy: "d=example.test;").count == 3, "\(signed)")
    #expect(
      try own(gate).send("From: a@elsewhere.example\n\nx", to: ["bob@example.test"])
        .hasPrefix("250"))
    let stranger = Stranger(gate: gate, sender: "taro@good.example")
    #expect(
      try stranger.send("From: alice@example.test\n\nx", to: ["bob@example.test"])
        .hasPrefix("250"))
    for mail in await gate.arrived("bob", count: 2) { #expect(!mail.contains("DKIM-Signature")) }
    await gate.close()
  }

  @Test func `without keys mail goes unsigned, or waits where it must be signed`() async throws {
    let open = try await TestGate.judging("")
    #expect(try own(open).send("From: alice@example.test\n\nx").hasPrefix("250"))
    #expect(try #require(await open.arrived("alice").first).contains("DKIM") == false)
    await open.close()
    let strict = try await TestGate.judging("", domain: "dkim = \"require\"")
    #expect(try own(strict).send("From: alice@example.test\n\nx").hasPrefix("451 4.3.5"))
    let (files, zone) = try keys("example.test")
    try write(files, strict.folder)
    #expect(strict.gate.parts.pipeline.keys.load() == nil)
    #expect(try own(strict).send("From: alice@example.test\n\nx").hasPrefix("250"))
    let mail = try #require(await strict.arrived("alice").first)
    #expect(await judge(wire(mail), zone).status == .pass)
    await strict.close()
  }

  @Test func `an account signs only as domains that it may send as`() throws {
    let one = try #require(Mailbox("alice@example.test"))
    let (mine, other) = try (
      #require(Domain("example.test")), #require(Domain("other.test"))
    )
    let narrow = Standing(.account(.ownAddresses), addresses: [one], isInRelayingNetwork: false)
    #expect(narrow.maySign(as: mine) && !narrow.maySign(as: other))
    let wide = Standing(.account(.ownDomains), addresses: [one], isInRelayingNetwork: false)
    #expect(wide.maySign(as: other))
    let network = Standing(.anonymous, addresses: [], isInRelayingNetwork: true)
    #expect(network.maySign(as: mine))
    let stranger = Standing(.anonymous, addresses: [], isInRelayingNetwork: false)
    #expect(stranger == .stranger && !stranger.maySign(as: mine))
  }

  @Test func `a notice of ours is signed as the domain above the host`() async throws {
    let (files, zone) = try keys("example.test")
    let gate = try await TestGate.judging(zone, outbound: "mx") { try write(files, $0) }
    let message = "From: Alice <alice@example.test>\nSubject: x\n\nhello"
    var alice = own(gate)
    alice.listener = "internal"
    #expect(try alice.send(message, to: ["x@absent.example"]).hasPrefix("250"))
    let notice = try #require(await gate.arrived("alice").first)
    #expect(notice.contains("From: Mail Delivery System <mailer-daemon@gate.example.test>"))
    let report = await judge(wire(notice), zone)
    #expect(report.signatures.map(\.status) == [.pass, .pass], "\(report)")
    #expect(Set(report.signatures.map(\.domain)) == ["example.test"])
    await gate.close()
  }

  @Test func `a signed message of megabytes is judged from its file`() async throws {
    let (files, zone) = try keys("good.example")
    let gate = try await TestGate.judging(zone + identityZone, messageSize: 4_000_000)
    let body = String(repeating: "A line of no great interest.\r\n", count: 50_000)
    let message = Array("From: taro@good.example\r\nSubject: x\r\n\r\n\(body)".utf8)
    let fields = try DKIMSigner.sign(message, with: files.map(\.signer), now: Self.now)
    let text = String(decoding: fields + message, as: UTF8.self).dropLast()
    let stranger = Stranger(gate: gate, client: "203.0.113.9", sender: "x@bare.example")
    let reply = try stranger.send(text.replacingOccurrences(of: "\r\n", with: "\n"))
    #expect(reply.hasPrefix("250"), "\(reply)")
    let mail = try #require(await gate.arrived("alice").first)
    #expect(mail.components(separatedBy: "dkim=pass").count == 3)
    #expect(mail.contains("dmarc=pass") && mail.contains("spf=fail"))
    await gate.close()
  }
}
