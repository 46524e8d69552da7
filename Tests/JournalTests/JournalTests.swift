import Foundation
import GRDB
import Inspection
import Mail
import SMTP
import Spool
import Testing

@testable import Journal

@Suite struct JournalTests {
  private let path = NSTemporaryDirectory() + "kadomori-journal-" + UUID().uuidString
  private let start = Timestamp(microseconds: 1_800_000_000_000_000)

  private func message(_ number: Int, from: String, to: [String]) throws -> StoredMessage {
    let sender: Mailbox = try #require(Mailbox(from))
    var envelope = Envelope(sender: .mailbox(sender))
    envelope.recipients = to.map { Recipient(path: ForwardPath(mailbox: Mailbox($0))) }
    let address = try #require(IPAddress("192.0.2.\(number)"))
    return StoredMessage(
      id: TraceID(milliseconds: UInt64(1_800_000_000_000 + number), random: UInt32(number)),
      acceptedAt: start + number, origin: Origin(listener: .mx, address: address, port: 1),
      envelope: envelope, size: 100,
      facts: HeaderFacts(messageID: "<\(number)@mua.example>", from: "Taro <taro@from.example>"))
  }

  private func attempt(_ message: StoredMessage, _ state: RecipientState) -> Change {
    .attempted(
      Attempt(
        startedAt: message.acceptedAt + 1, endedAt: message.acceptedAt + 2,
        destination: "mx there.example", remote: "MX1.there.example [192.0.2.200]:25",
        results: [
          RecipientResult(
            recipient: 0, state: state, reply: Reply(250, .init(2, 0, 0), "ok"), text: "accepted")
        ]))
  }

  private func filled() async throws -> Journal {
    let journal = try Journal.open(path: path)
    for number in 1...3 {
      var message = try message(
        number, from: "me\(number)@here.example", to: ["You@there.example"])
      journal.note(.accepted(message, reasons: ["own recipient"]))
      message.recipients = [.delivered]
      if number == 2 {
        journal.note(.changed(message, attempt(message, .delivered)))
        // Told again after a crash: nothing is doubled.
        journal.note(.accepted(message, reasons: []))
        journal.note(.changed(message, attempt(message, .delivered)))
      }
    }
    let client = try #require(IPAddress("203.0.113.9"))
    journal.note(
      .refused(
        Refusal(
          id: TraceID(milliseconds: 1_800_000_000_009, random: 9 as UInt32), at: start + 9,
          origin: Origin(listener: .mx, address: client, port: 2), sender: "spam@bad.example",
          recipient: "Nobody@here.example", reply: Reply(550, .init(5, 1, 1), "no"),
          reason: "no such recipient")))
    await journal.flush()
    return journal
  }

  @Test(arguments: [
    ("<2@mua.example>", 1), ("2@mua.example", 1), ("me2@here.example", 1),
    ("you@there.example", 3), ("THERE.example", 3), ("192.0.2.2", 1), ("taro@from.example", 3),
    ("mx1.there.example", 1), ("here.example", 3), ("%", 0), ("me_@here.example", 0),
    ("h_re.example", 0), ("absent", 0), ("", 0),
  ])
  func `a word finds the messages it names`(word: String, count: Int) async throws {
    let journal = try await filled()
    let trace = try JournalReader(path: path).trace(word, limit: 10)
    #expect(trace.messages.count == count)
    await journal.close()
  }

  @Test func `a judgement is told with the message, survives a second telling and goes with time`()
    async throws
  {
    let journal = try await filled()
    let message = try message(3, from: "me3@here.example", to: ["You@there.example"])
    let finding = Finding(
      "attachment.executable", .attachment, weight: 12, evidence: "MZ\u{1B}[2J", place: 5..<9,
      path: "part 2/a.zip/a.exe", Sentence(ja: "実行ファイルです。", en: "It is a program."))
    let judgement = Judgement(InspectionReport([finding], milliseconds: 2), action: "hold")
    for _ in 0..<2 { journal.note(.judged(message.id, judgement, at: start + 3)) }
    await journal.flush()
    let reader = try JournalReader(path: path)
    #expect(try reader.trace("3@mua.example", limit: 1).messages.first?.judgement == judgement)
    #expect(try reader.trace("2@mua.example", limit: 1).messages.first?.judgement == nil)
    let text = TraceText(try reader.trace("3@mua.example", limit: 1)).lines
    #expect(text.contains { $0.contains("judged malicious (score 12): hold") })
    #expect(text.contains { $0.contains("実行ファイルです。") })
    journal.prune(before: start + 4)
    #expect(try reader.trace("3@mua.example", limit: 1).messages.first?.judgement == nil)
    await journal.close()
  }

  @Test func `a life is told whole, newest first, and once`() async throws {
    let journal = try await filled()
    let reader = try JournalReader(path: path)
    let all = try reader.trace("there.example", limit: 2).messages
    #expect(all.map(\.sender) == ["me3@here.example", "me2@here.example"])
    let life = try #require(all.last)
    #expect(life.finishedAt == (start + 4).iso8601)
    #expect(life.recipients.map(\.reason) == ["own recipient"])
    #expect(life.recipients.map(\.state) == ["delivered"])
    #expect(life.recipients.first?.attempts.map(\.reply) == ["250 2.0.0 ok"])
    let text = TraceText(Trace(messages: [life], refusals: [])).lines.joined(separator: "\n")
    #expect(text.contains("to you@there.example (taken: own recipient): DELIVERED"))
    #expect(text.contains("at MX1.there.example [192.0.2.200]:25"))
    #expect(try reader.trace(String(life.id.prefix(8)), limit: 9).messages.count == 3)
    #expect(try reader.trace(life.id, limit: 9).messages == [life])
    await journal.close()
  }

  @Test(arguments: ["nobody@here.example", "203.0.113.9", "spam@bad.example"])
  func `a refusal is found by its people and its client`(word: String) async throws {
    let journal = try await filled()
    let refusals = try JournalReader(path: path).trace(word, limit: 10).refusals
    #expect(refusals.map(\.reply) == ["550 5.1.1 no"])
    await journal.close()
  }

  @Test func `a locked file delays the history and loses nothing`() async throws {
    let journal = try Journal.open(path: path)
    let other = try DatabaseQueue(path: path)
    let message = try message(1, from: "a@b.example", to: ["c@d.example"])
    try await other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      journal.note(.accepted(message, reasons: []))
      #expect(journal.waiting == 1)
      try database.execute(sql: "COMMIT")
    }
    await journal.flush()
    #expect(journal.state == .ok)
    #expect(try JournalReader(path: path).trace("c@d.example", limit: 1).messages.count == 1)
    await journal.close()
  }

  @Test func `what is no journal is refused in words`() throws {
    try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
    #expect(throws: JournalFailure.self) { _ = try Journal.open(path: path) }
    #expect(throws: JournalFailure.self) { _ = try JournalReader(path: path + "-absent") }
  }

  @Test func `the file is for us alone, and old lives are forgotten`() async throws {
    let journal = try await filled()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    journal.prune(before: start + 5)
    let reader = try JournalReader(path: path)
    #expect(try reader.trace("there.example", limit: 9).messages.count == 2)
    #expect(try reader.trace("nobody@here.example", limit: 9).refusals.count == 1)
    journal.prune(before: start + 10)
    #expect(try reader.trace("nobody@here.example", limit: 9).refusals.isEmpty)
    await journal.close()
  }

  @Test
  func `what a crash kept from the journal is told as unknown, once, and never undoes an end`()
    async throws
  {
    let journal = try Journal.open(path: path)
    let lost = try message(1, from: "a@b.example", to: ["c@d.example"])
    var done = try message(2, from: "a@b.example", to: ["e@f.example"])
    journal.note(.accepted(lost, reasons: []))
    journal.note(.accepted(done, reasons: []))
    await journal.flush()
    #expect(journal.unfinished() == [lost.id, done.id])
    done.recipients = [.delivered]
    journal.note(.changed(done, attempt(done, .delivered)))
    for id in [lost.id, done.id] { journal.note(.forgotten(id, at: start + 50)) }
    await journal.flush()
    #expect(journal.unfinished().isEmpty)
    let reader = try JournalReader(path: path)
    let life = try #require(try reader.trace("c@d.example", limit: 1).messages.first)
    #expect(life.recipients.map(\.state) == ["unknown"])
    #expect(life.actions.map(\.what) == ["finished"])
    let other = try #require(try reader.trace("e@f.example", limit: 1).messages.first)
    #expect(other.recipients.map(\.state) == ["delivered"])
    #expect(other.actions.isEmpty)
    await journal.close()
  }

  @Test func `a message told again at a start is written where it was not`() async throws {
    let journal = try Journal.open(path: path)
    let (known, unknown) = (
      try message(1, from: "a@b.example", to: ["c@d.example"]),
      try message(2, from: "a@b.example", to: ["e@f.example"])
    )
    journal.note(.accepted(known, reasons: ["own recipient"]))
    await journal.flush()
    journal.note(.retold(known))
    journal.note(.retold(unknown))
    await journal.flush()
    let reader = try JournalReader(path: path)
    let lives = try reader.trace("a@b.example", limit: 9).messages
    #expect(lives.map(\.id) == ["\(unknown.id)", "\(known.id)"])
    #expect(lives.last?.recipients.first?.reason == "own recipient")
    await journal.close()
  }
}
