import FaultyDisk
import Mail
import SMTP
import Spool
import Synchronization
import Testing

@testable import Delivery

@Suite struct NoticeTests {
  private static let refusal = ClientOutcome.refused(
    Reply(550, .init(5, 1, 1), "No such user\r\nBcc: victim@example"), to: "RCPT")

  @Test func `a refused recipient is told to the sender, by the field and in words`() async throws {
    let server = ScriptedServer { recipient in
      recipient.path.mailbox?.localPart == "x" ? Self.refusal : .accepted(Reply(250, nil, "ok"))
    }
    let bench = try Workbench(server: server)
    var parameters = MailParameters()
    parameters.envelopeID = "envelope-7"
    let id = try await bench.accept(
      from: "me@here.example", to: [recipient("x@there.example"), recipient("y@there.example")],
      parameters: parameters)
    let seen = await bench.next(2)
    #expect(seen[0].0.id == id)
    let notice = seen[1].0
    #expect(notice.envelope.sender == .null)
    #expect(notice.envelope.recipients.map { $0.path.mailbox?.description } == ["me@here.example"])
    #expect(notice.envelope.recipients.first?.notify == .never)
    #expect(bench.spool.message(id) == nil)
    try await bench.close()
  }

  @Test func `where a notice finds no room, who has the message does not get it again`()
    async throws
  {
    let files = FaultyFileSystem()
    let server = ScriptedServer { recipient in
      guard files.faults.withLock({ $0.isFull }) else {
        return .refused(Reply(450, nil, "later"), to: "RCPT")
      }
      return recipient.path.mailbox?.localPart == "x"
        ? Self.refusal : .accepted(Reply(250, nil, "ok"))
    }
    let bench = try Workbench(server: server, files: files)
    let id = try await bench.accept(
      from: "me@here.example", to: [recipient("x@there.example"), recipient("y@there.example")])
    _ = await bench.next(1)
    files.faults.withLock { $0.isFull = true }
    // The room is looked at from time to time.
    let nobody = TraceID(milliseconds: 1, random: 2 as UInt32)
    for _ in 0..<70 {
      try await bench.spool.commit([.change(nobody, .delayReported(at: bench.clock.now()))]).get()
    }
    let now = bench.clock.now()
    try await bench.spool.commit([.change(id, .rescheduled(at: now, by: "me"))]).get()
    _ = await bench.next(1)
    let states = bench.spool.message(id)?.recipients
    #expect(states?.map { $0 == .delivered } == [false, true])
    #expect(states?.contains(.failed) == false)
    try await bench.close()
  }

  private func built(
    _ kind: Notice.Kind, _ text: String, returnContent: ReturnContent? = nil,
    reply: Reply? = Reply(550, .init(5, 1, 1), "No such user")
  ) throws -> String {
    var envelope = Envelope(sender: .null)
    let sender: Mailbox = try #require(Mailbox("me@here.example"))
    envelope.sender = .mailbox(sender)
    envelope.parameters.envelopeID = "envelope-7"
    envelope.parameters.returnContent = returnContent
    envelope.recipients = [recipient("x@there.example")]
    envelope.recipients[0].original = OriginalRecipient(
      addressType: "rfc822", address: "alias@there.example")
    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    let address = try #require(IPAddress("192.0.2.1"))
    let about = StoredMessage(
      id: TraceID(milliseconds: 1, random: 1 as UInt32), acceptedAt: now,
      origin: Origin(listener: .mx, address: address, port: 1), envelope: envelope,
      size: text.utf8.count, facts: HeaderFacts(messageID: "<1@x.example>"))
    let entry = Notice.Entry(
      recipient: envelope.recipients[0], status: EnhancedStatus(5, 1, 1), reply: reply,
      remote: "mx.there.example [192.0.2.2]:25", text: "refused at RCPT")
    let notice = Notice(
      kind: kind, about: about, entries: [entry], hostname: "gate.example.test",
      from: "postmaster@gate.example.test", now: now, expiresAt: now + 432_000)
    let bytes = notice.bytes(
      id: TraceID(milliseconds: 2, random: 2 as UInt32), original: Array(text.utf8), seed: 7)
    return String(decoding: bytes, as: UTF8.self)
  }

  private let original = "Subject: hello\r\nFrom: me@here.example\r\n\r\nsecret\r\n"

  @Test func `a failure has the fields of RFC 3464`() throws {
    let text = try built(.failed, original)
    for field in [
      "Auto-Submitted: auto-replied\r\n", "report-type=delivery-status;",
      "In-Reply-To: <1@x.example>",
      "Reporting-MTA: dns; gate.example.test\r\n", "Original-Envelope-Id: envelope-7\r\n",
      "Original-Recipient: rfc822; alias@there.example\r\n",
      "Final-Recipient: rfc822; x@there.example\r\n", "Action: failed\r\n", "Status: 5.1.1\r\n",
      "Remote-MTA: dns; mx.there.example\r\n",
      "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n", "Content-Type: text/rfc822-headers\r\n",
      "There is no such address.", "宛先のアドレスが存在しません。",
    ] {
      #expect(text.contains(field), "\(field)")
    }
    #expect(text.contains("Subject: hello\r\n"))
    #expect(!text.contains("secret"))
  }

  @Test func `the whole message goes back where the sender asked, and only with a failure`() throws
  {
    #expect(try built(.failed, original, returnContent: .full).contains("secret"))
    #expect(try !built(.delayed, original, returnContent: .full).contains("secret"))
    #expect(try built(.delayed, original).contains("Will-Retry-Until: "))
  }

  @Test func `a server's words can't add a field or a line`() throws {
    let reply = Reply(550, .init(5, 1, 1), "x\r\nBcc: victim@example\r\n\r\n--evil\u{0}")
    let text = try built(.failed, original, reply: reply)
    #expect(!text.contains("\r\nBcc:"))
    #expect(!text.contains("\n--evil"))
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    #expect(lines.dropLast().allSatisfy { $0.last == 0x0D && $0.count <= 999 })
  }

  @Test(
    arguments: [
      (nil, RecipientState.failed, Notice.Kind.failed), (.never, .failed, nil),
      (.success, .failed, nil), (.failure, .failed, .failed), (nil, .delivered, nil),
      (.success, .delivered, .delivered), (.failure, .delivered, nil), (.never, .delivered, nil),
    ] as [(NotifyConditions?, RecipientState, Notice.Kind?)])
  func `who is told follows NOTIFY`(
    notify: NotifyConditions?, state: RecipientState, kind: Notice.Kind?
  ) throws {
    #expect(try wanted(notify, state, isLate: false, sender: "me@here.example") == kind)
    #expect(try wanted(notify, state, isLate: true, sender: nil) == nil)
  }

  @Test func `a delay is told once it is long, and not where NOTIFY leaves it out`() throws {
    let queued = RecipientState.queued(attempts: 3, next: Timestamp(microseconds: 0))
    let me = "me@here.example"
    #expect(try wanted(nil, queued, isLate: false, sender: me) == nil)
    #expect(try wanted(nil, queued, isLate: true, sender: me) == .delayed)
    #expect(try wanted(.delay, queued, isLate: true, sender: me) == .delayed)
    #expect(try wanted(.failure, queued, isLate: true, sender: me) == nil)
  }

  private func wanted(
    _ notify: NotifyConditions?, _ state: RecipientState, isLate: Bool, sender: String?
  ) throws -> Notice.Kind? {
    let accepted = Timestamp(microseconds: 1_800_000_000_000_000)
    let address = try #require(IPAddress("192.0.2.1"))
    var envelope = Envelope(sender: .null, recipients: [recipient("x@y.example", notify: notify)])
    if let mailbox = sender.flatMap({ Mailbox($0) }) { envelope.sender = .mailbox(mailbox) }
    let message = StoredMessage(
      id: TraceID(milliseconds: 1, random: 1 as UInt32), acceptedAt: accepted,
      origin: Origin(listener: .mx, address: address, port: 1), envelope: envelope, size: 1,
      facts: HeaderFacts())
    let now = accepted + (isLate ? 14_400 : 60)
    let result = RecipientResult(recipient: 0, state: state, reply: nil, text: "")
    var outcome = CourierOutcome(
      attempt: Attempt(startedAt: now, endedAt: now, destination: "maildir", results: [result]))
    outcome.isFinalDelivery = true
    return NoticeRules(warningSeconds: 14_400).wanted(message, outcome).first?.kind
  }
}
