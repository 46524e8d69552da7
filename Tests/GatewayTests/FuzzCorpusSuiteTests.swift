import Foundation
import Testing
import Vectors

/// What chasquid's fuzzers found: nothing of it harms the gate, gets more than a bounded reply, or
/// opens a way for mail. Its `aliases` do not apply: there are no alias files here.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct FuzzCorpusSuiteTests {
  /// The inputs below a folder of the corpus.
  private func inputs(_ folder: String) throws -> [[UInt8]] {
    let base = Suites.folder + "/smtp/chasquid-fuzz-corpus/" + folder
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return try names.sorted().compactMap { name in
      guard name.contains("/Fuzz"), name.split(separator: "/").count == 4 else { return nil }
      return GoLiteral.octets(try String(contentsOfFile: "\(base)/\(name)", encoding: .utf8))
    }
  }

  private func greeted(_ gate: TestGate, _ kind: String) throws -> WireClient {
    let client = try WireClient(port: gate.port(kind))
    _ = client.hear()
    client.say("EHLO peer.example\r\n")
    _ = client.hear()
    return client
  }

  private func ask(_ client: WireClient, _ octets: [UInt8]) -> String {
    client.say(octets + [0x0D, 0x0A])
    return client.hear()
  }

  /// A reply, whole and short (RFC 5321 §4.2, §4.5.3.1.5), that says no mail was taken.
  private func isHarmless(_ reply: String) -> Bool {
    let lines = reply.split(separator: "\n")
    return reply == "closed"
      || lines.count <= 20 && !reply.contains("Kept as")
        && lines.allSatisfy {
          $0.utf8.count <= 510 && $0.wholeMatch(of: /[2-5][0-9]{2}([ -].*)?/) != nil
        }
  }

  private func expectUnharmed(_ gate: TestGate) throws {
    #expect(ask(try greeted(gate, "mx"), Array("NOOP".utf8)).hasPrefix("250"))
    #expect(gate.mailbox("alice").isEmpty && gate.mailbox("bob").isEmpty)
  }

  // MARK: Logins

  @Test func `responses of AUTH log nobody in`() async throws {
    let gate = try await TestGate()
    var tally = Tally("chasquid fuzz corpus auth")
    for octets in try inputs("auth") {
      var replies: [String] = []
      for mechanism in ["PLAIN", "LOGIN", "SCRAM-SHA-256"] {
        let client = try greeted(gate, "submission")
        replies.append(ask(client, Array("AUTH \(mechanism) ".utf8) + octets))
        replies.append(ask(client, Array("AUTH \(mechanism)".utf8)))
        replies.append(ask(client, octets))
        replies.append(ask(client, Array("MAIL FROM:<alice@example.test>".utf8)))
      }
      tally.count(
        replies.allSatisfy { isHarmless($0) && !$0.hasPrefix("2") },
        "\(String(decoding: octets, as: UTF8.self)): \(replies)")
    }
    tally.report()
    try expectUnharmed(gate)
    await gate.close()
  }

  // MARK: Addresses

  @Test func `names in any spelling are nobody here`() async throws {
    let gate = try await TestGate()
    var tally = Tally("chasquid fuzz corpus normalize")
    for octets in try inputs("normalize") {
      let name = String(decoding: octets, as: UTF8.self)
      let client = try greeted(gate, "mx")
      var faults: [String] = []
      for address in [name, name + "@example.test", "alice@" + name, "@\(name):alice@example.test"]
      {
        let sender = ask(client, Array("MAIL FROM:<\(address)> SMTPUTF8".utf8))
        if !isHarmless(sender) { faults.append("from \(address): \(sender)") }
        _ = ask(client, Array("RSET".utf8))
        _ = ask(client, Array("MAIL FROM:<> SMTPUTF8".utf8))
        let recipient = ask(client, Array("RCPT TO:<\(address)>".utf8))
        if !isHarmless(recipient) || !recipient.hasPrefix("5") {
          faults.append("to \(address): \(recipient)")
        }
        _ = ask(client, Array("RSET".utf8))
      }
      tally.count(faults.isEmpty, "\(name): \(faults)")
    }
    tally.report()
    try expectUnharmed(gate)
    await gate.close()
  }

  // MARK: Sessions

  /// Says line by line as that fuzzer does; all that was heard, and whether a recipient was taken.
  private func lineByLine(_ octets: [UInt8], _ client: WireClient) -> (heard: [String], Bool) {
    var heard = [client.hear()]
    var isInContent = false
    var tookRecipient = false
    for line in octets.split(separator: 0x0A, omittingEmptySubsequences: false) {
      client.say(Array(line) + [0x0D, 0x0A])
      if isInContent, line != [0x2E] { continue }
      let reply = client.hear()
      heard.append(reply)
      if reply == "closed" { break }
      isInContent = reply.hasPrefix("354")
      let verb = String(decoding: line.prefix(4), as: UTF8.self).uppercased()
      if verb == "RCPT", reply.hasPrefix("2") { tookRecipient = true }
    }
    return (heard, tookRecipient)
  }

  /// Says all at once and then no more; all that was heard.
  private func atOnce(_ octets: [UInt8], _ client: WireClient) -> [String] {
    client.say(octets)
    client.endSaying()
    var heard: [String] = []
    while heard.last != "closed", heard.count < 100 { heard.append(client.hear()) }
    return heard
  }

  @Test func `sessions of any kind end without mail`() async throws {
    let gate = try await TestGate()
    var tally = Tally("chasquid fuzz corpus smtpsrv")
    for octets in try inputs("smtpsrv") {
      let mended = octets.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
      var faults: [String] = []
      for kind in ["mx", "submission"] {
        let client = { try WireClient(port: gate.port(kind)) }
        let (heard, tookRecipient) = lineByLine(octets, try client())
        if tookRecipient { faults.append("a recipient was taken") }
        let all = heard + atOnce(octets, try client()) + atOnce(mended, try client())
        faults += all.filter { !isHarmless($0) || $0.hasPrefix("235") }
        if all.count >= 200 { faults.append("no end") }
      }
      tally.count(faults.isEmpty, "\(String(decoding: octets, as: UTF8.self)): \(faults)")
    }
    tally.report()
    print(
      "  aliases: \(try inputs("aliases").count) inputs do not apply, there are no alias files here"
    )
    try expectUnharmed(gate)
    await gate.close()
  }
}

/// Go's quoted strings, as its corpus files hold them: `string("…")`, `[]byte("…")`.
enum GoLiteral {
  /// The octets between the first quote and the last one; nil where there is none.
  static func octets(_ text: String) -> [UInt8]? {
    let all = Array(text.utf8)
    guard let first = all.firstIndex(of: 0x22), let last = all.lastIndex(of: 0x22), first < last
    else { return nil }
    var rest = all[(first + 1)..<last]
    var octets: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == 0x5C, let letter = rest.popFirst() else {
        octets.append(byte)
        continue
      }
      octets += escape(letter, &rest)
    }
    return octets
  }

  private static func escape(_ letter: UInt8, _ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    func hexadecimal(_ digits: Int) -> UInt32 {
      defer { rest = rest.dropFirst(digits) }
      return UInt32(String(decoding: rest.prefix(digits), as: UTF8.self), radix: 16) ?? 0
    }
    switch letter {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "x"): return [UInt8(hexadecimal(2))]
    case UInt8(ascii: "u"):
      return Unicode.Scalar(hexadecimal(4)).map { Array(String($0).utf8) } ?? []
    default: return [letter]
    }
  }
}
