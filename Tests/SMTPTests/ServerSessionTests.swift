import Mail
import Testing

@testable import SMTP

@Suite struct ServerSessionTests {
  /// Says yes to everything.
  private final class Yes: SessionGuard, ContentSink {
    func ask(
      _ question: Question, origin: Origin, envelope: Envelope?,
      answer: @escaping @Sendable (Answer) -> Void
    ) {
      switch question {
      case .sender: answer(.transaction(TraceID(milliseconds: 1, random: 1)))
      case .content: answer(.sink(self))
      case .acceptance: answer(.accepted(Reply(250, nil, "kept")))
      default: answer(.proceed)
      }
    }
    func transactionEnded() {}
    func connectionEnded(_ origin: Origin, _ summary: SessionSummary) {}
    func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool { true }
  }

  /// A session that is greeted and plays line by line.
  private struct Play {
    var session: ServerSession
    private let yes = Yes()

    init(_ change: (inout ServerProfile) -> Void = { _ in }) throws {
      var profile = ServerProfile(hostname: "gate.example.test", listener: .mx)
      change(&profile)
      let address = try #require(IPAddress("192.0.2.1"))
      session = ServerSession(
        profile: profile, origin: Origin(listener: .mx, address: address, port: 1), guard: yes)
      _ = session.connected()
      _ = session.answered(.proceed)
      _ = say("EHLO me")
    }

    mutating func say(_ line: String) -> Step {
      let step = session.received(Array(line.utf8)[...], moreFollows: false)
      guard case .ask(let question) = step.next else { return step }
      switch question {
      case .sender: return session.answered(.transaction(TraceID(milliseconds: 1, random: 1)))
      case .content: return session.answered(.sink(yes))
      default: return session.answered(.proceed)
      }
    }

    mutating func code(_ line: String) -> Int { say(line).replies.last?.code ?? 0 }
  }

  private func isFirst(_ step: Step) -> Bool? {
    if case .readChunk(_, _, _, _, let isFirst) = step.next { isFirst } else { nil }
  }

  @Test func `only the first chunk of each message begins with a fresh decoder`() throws {
    var play = try Play()
    let begin = { (play: inout Play) in
      _ = play.say("MAIL FROM:<>")
      _ = play.say("RCPT TO:<a@x.example>")
    }
    begin(&play)
    #expect(isFirst(play.say("BDAT 3")) == true)
    _ = play.session.chunkEnded(size: 3, last: false, .complete)
    #expect(isFirst(play.say("BDAT 3")) == false)
    _ = play.session.chunkEnded(size: 3, last: false, .complete)
    #expect(play.code("RSET") == 250)
    begin(&play)
    #expect(isFirst(play.say("BDAT 3")) == true)
    _ = play.session.chunkEnded(size: 3, last: false, .violated(.nul))
    begin(&play)
    #expect(isFirst(play.say("BDAT 3 LAST")) == true)
  }

  @Test func `too many recipients are no error of the client's`() throws {
    var play = try Play {
      $0.limits.recipients = 100
      $0.limits.errors = 5
    }
    _ = play.say("MAIL FROM:<>")
    for number in 1...100 { #expect(play.code("RCPT TO:<u\(number)@x.example>") == 250) }
    for number in 101...200 { #expect(play.code("RCPT TO:<u\(number)@x.example>") == 452) }
    #expect(play.code("RCPT TO:<u1@x.example>") == 250)
    #expect(play.session.envelope?.recipients.count == 100)
  }

  @Test func `a repeated recipient is kept once, as it came first`() throws {
    var play = try Play()
    _ = play.say("MAIL FROM:<>")
    #expect(play.code("RCPT TO:<Taro@X.example> NOTIFY=NEVER") == 250)
    #expect(play.code("RCPT TO:<taro@x.EXAMPLE> NOTIFY=SUCCESS") == 250)
    #expect(play.code("RCPT TO:<\"taro\"@x.example>") == 250)
    #expect(play.code("RCPT TO:<jiro@x.example>") == 250)
    let recipients = play.session.envelope?.recipients ?? []
    #expect(recipients.map(\.path.mailbox?.localPart) == ["Taro", "jiro"])
    #expect(recipients.first?.notify == NotifyConditions.never)
    // Another transaction knows nothing of it.
    _ = play.say("RSET")
    _ = play.say("MAIL FROM:<>")
    #expect(play.code("RCPT TO:<taro@x.example>") == 250)
    #expect(play.session.envelope?.recipients.count == 1)
  }
}
