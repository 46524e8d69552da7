import DNS
import Foundation
import Journal
import Mail
import MailAuth
import Testing
import Threads

@testable import Gateway
@testable import Spool

/// Sends mail to a gate as clients at other addresses would: the gate believes them by XCLIENT.
struct Stranger {
  let gate: TestGate
  var client = "192.0.2.1"
  var helo = "mail.good.example"
  var sender = "taro@good.example"
  /// At any other than `mx` it is who it is.
  var listener = "mx"

  /// The reply to the content, or whatever refused before.
  func send(_ message: String, to recipients: [String] = ["alice@example.test"]) throws -> String {
    let wire = try WireClient(port: gate.port(listener))
    _ = wire.hear()
    var lines = ["EHLO \(helo)", "MAIL FROM:<\(sender)>"]
    if listener == "mx" { lines = ["EHLO here", "XCLIENT ADDR=\(client) PORT=9"] + lines }
    lines += recipients.map { "RCPT TO:<\($0)>" }
    for line in lines + ["DATA"] {
      wire.say(line + "\r\n")
      let reply = wire.hear()
      if reply.hasPrefix("4") || reply.hasPrefix("5") { return reply }
    }
    wire.say(message.replacingOccurrences(of: "\n", with: "\r\n") + "\r\n.\r\n")
    return wire.hear()
  }
}

extension TestGate {
  /// A gate that believes XCLIENT and asks a zone.
  static func judging(
    _ zone: String, domain: String = "", messageSize: Int = 100_000, outbound: String = "discard",
    inspects: Bool = false, _ extra: String = "", prepare: (String) throws -> Void = { _ in }
  ) async throws -> TestGate {
    try await TestGate(
      outbound: outbound, messageSize: messageSize, mx: "xclient = [\"127.0.0.1\"]", domain: domain,
      resolver: ZoneResolver(zone), inspects: inspects, extra, prepare: prepare)
  }

  /// Waits for mail by asking, at most ten seconds; LF ends lines in Maildirs.
  func arrived(_ user: String, count: Int = 1) async -> [String] {
    let end = ContinuousClock.now + .seconds(10)
    while mailbox(user).count < count, ContinuousClock.now < end { await Task.yield() }
    return mailbox(user).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What the journal tells of a word, once all is written. The spool's thread answers clients first and
  /// then tells the journal of their mail: its next job comes behind both.
  func trace(_ word: String) async throws -> Trace {
    let pipeline = gate.parts.pipeline
    await withCheckedContinuation { told in pipeline.spool.writer.perform { told.resume() } }
    await pipeline.journal.flush()
    return try JournalReader(path: folder + "/journal.sqlite").trace(word, limit: 20)
  }
}

/// Domains that say what they want of mail that is not theirs.
let identityZone = """
  good.example. TXT "v=spf1 ip4:192.0.2.1 -all"
  mail.good.example. A 192.0.2.1
  1.2.0.192.in-addr.arpa. PTR mail.good.example.
  _dmarc.good.example. TXT "v=DMARC1; p=reject"
  soft.example. TXT "v=spf1 ip4:192.0.2.1 -all"
  _dmarc.soft.example. TXT "v=DMARC1; p=quarantine"
  half.example. TXT "v=spf1 ip4:192.0.2.1 -all"
  _dmarc.half.example. TXT "v=DMARC1; p=reject; pct=0"
  tries.example. TXT "v=spf1 ip4:192.0.2.1 -all"
  _dmarc.tries.example. TXT "v=DMARC1; p=quarantine; t=y"
  open.example. TXT "v=spf1 ip4:192.0.2.1 -all"
  _dmarc.open.example. TXT "v=DMARC1; p=none"
  bare.example. TXT "v=spf1 ip4:192.0.2.1 -all"
  slow.example. FAIL TIMEOUT
  _dmarc.slow.example. TXT "v=DMARC1; p=reject"
  forwarder.example. A 198.51.100.7
  7.100.51.198.in-addr.arpa. PTR lists.forwarder.example.
  lists.forwarder.example. A 198.51.100.7

  """
