import DNS
import Foundation
import Mail
import MailAuth
import Testing

@testable import Gateway

/// What strangers send is sealed where it is handed on or changed, and the seals hold.
@Suite struct SealingTests {
  private func keys() throws -> (write: (String) throws -> Void, zone: String) {
    let domain = try #require(Domain("example.test"))
    let now = Timestamp(microseconds: 1_700_000_000_000_000)
    var key = try #require(DKIMRotation.newKeys(domain, [.rsa], besides: [], now: now).first)
    key.become(.active, at: now)
    let zone = try #require(key.record?.zoneLine) + "\n"
    return ({ [key] in try DKIMKeyFolder(dataDirectory: $0).write(key) }, zone)
  }

  /// As it was on the wire.
  private func wire(_ mail: String) -> [UInt8] {
    let lines = mail.components(separatedBy: "\n").dropFirst()
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  private func judge(_ mail: [UInt8], _ zone: String) async -> ARCResult {
    let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
    return await ARCVerifier.judge(mail, now: now, resolver: ZoneResolver(zone))
  }

  @Test func `what is handed on is sealed over what we say, and a trusted seal excuses`()
    async throws
  {
    let (write, zone) = try keys()
    let settings = "[identity]\nseal-as = \"example.test\"\ndmarc-reject = \"mark\""
    let first = try await TestGate.judging(
      zone + identityZone, domain: "seal = true", settings,
      prepare: write)
    let message = "Authentication-Results: gate.example.test; x=y\nFrom: taro@good.example\n\nhello"
    #expect(try Stranger(gate: first).send(message).hasPrefix("250"))
    let sealed = wire(try #require(await first.arrived("alice").first))
    await first.close()
    let result = await judge(sealed, zone)
    #expect(result.status == .pass, "\(result)")
    #expect(result.hops.first?.results.contains("dmarc=pass") == true)
    // The next gate knows the sealer, or does not.
    for (trusted, isTaken) in [("example.test", true), ("forwarder.example", false)] {
      let next = try await TestGate.judging(
        zone + identityZone, "[identity]\ntrusted-sealers = [\"\(trusted)\"]")
      let stranger = Stranger(gate: next, client: "203.0.113.9", sender: "x@elsewhere.example")
      let text = String(decoding: sealed, as: UTF8.self).replacingOccurrences(
        of: "\r\n", with: "\n")
      let reply = try stranger.send(text)
      #expect(reply.hasPrefix(isTaken ? "250" : "550"), "\(reply)")
      await next.close()
    }
  }

  @Test func `what the gate changes is sealed as the recipient's domain, and nothing else is`()
    async throws
  {
    let (write, zone) = try keys()
    let gate = try await TestGate.judging(zone + identityZone, prepare: write)
    let message = "From: taro@good.example\n\nhello"
    #expect(try Stranger(gate: gate).send(message).hasPrefix("250"))
    #expect(try #require(await gate.arrived("alice").first).contains("ARC-Seal") == false)
    let forged = "Authentication-Results: gate.example.test; x=y\n" + message
    #expect(try Stranger(gate: gate).send(forged, to: ["bob@example.test"]).hasPrefix("250"))
    let mail = wire(try #require(await gate.arrived("bob").first))
    let result = await judge(mail, zone)
    #expect(result.status == .pass, "\(result)")
    #expect(result.hops.map(\.sealer) == ["example.test"])
    await gate.close()
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: TestGate.program),
      "the program is not built"))
  func `a message without its attachment and with a tag is sealed as it leaves`() async throws {
    let (write, zone) = try keys()
    let gate = try await TestGate.judging(
      zone + identityZone, inspects: true,
      "[verdict]\nmalicious = \"strip\"\nsubject-tag = \"[!]\"", prepare: write)
    let message = """
      From: taro@good.example
      Subject: invoice
      Content-Type: multipart/mixed; boundary=x

      --x
      Content-Type: text/plain

      see the attachment
      --x
      Content-Type: application/octet-stream; name="invoice.pdf.exe"
      Content-Transfer-Encoding: base64

      TVqQAAMAAAAEAAAA//8AALgAAAAAAAAA
      --x--
      """
    #expect(try Stranger(gate: gate).send(message).hasPrefix("250"))
    let text = try #require(await gate.arrived("alice").first)
    #expect(text.contains("Subject: [!] invoice") && !text.contains("TVqQ"))
    let result = await judge(wire(text), zone)
    #expect(result.status == .pass, "\(result)")
    #expect(result.hops.first?.results.contains("spf=pass") == true)
    await gate.close()
  }
}
