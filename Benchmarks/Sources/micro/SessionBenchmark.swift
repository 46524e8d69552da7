import Mail
import SMTP

/// One transaction of 4 KB through the session machine, octets in, octets out, without a socket: what the
/// protocol itself costs.
enum SessionBenchmark {
  static func row() -> Table.Row {
    let run = ParserBenchmarks.repeated(session, "a session")
    let count = Double(run.count * transactions)
    return Table.Row(
      name: "a transaction in the session machine",
      cells: [
        ("1/s", count / run.seconds), ("µs", run.seconds / count * 1e6),
        ("allocations", run.allocations / Double(transactions)),
      ])
  }

  /// Of one session; it ends by itself after some hundreds.
  private static let transactions = 20

  private static func session() -> Bool {
    let client = Client()
    client.say("EHLO client.example")
    return (0..<transactions).allSatisfy { _ in client.transaction() }
  }

  /// Speaks, and carries what is said as Transport does.
  private final class Client {
    private var session: ServerSession
    private let answers = Answers()
    private var sink: (any ContentSink)?
    private var replies: [UInt8] = []

    init() {
      let origin = Origin(listener: .mx, address: .v6(high: 0, low: 1), port: 1)
      session = ServerSession(
        profile: ServerProfile(hostname: "gate.example", listener: .mx), origin: origin,
        guard: answers)
      follow(session.connected())
    }

    func say(_ line: String) { follow(session.received(Array(line.utf8)[...], moreFollows: false)) }

    func transaction() -> Bool {
      replies.removeAll(keepingCapacity: true)
      say("MAIL FROM:<yamada@example.jp> SIZE=4300")
      say("RCPT TO:<somebody@example.test>")
      say("DATA")
      guard let sink else { return false }
      var decoder = ContentDecoder(rules: WireRules(), sizeLimit: 1 << 30)
      var content: [UInt8] = []
      let wire = ParserBenchmarks.stuffed
      guard let end = wire.withUnsafeBytes({ decoder.decode($0, into: &content) }).end else {
        return false
      }
      _ = sink.write(content) {}
      self.sink = nil
      follow(session.contentEnded(end))
      return replies.starts(with: "250 ".utf8) && answers.kept == SampleMail.plain.count
    }

    private func follow(_ step: Step) {
      for reply in step.replies { replies += reply.wire }
      switch step.next {
      case .ask(let question):
        let (origin, envelope) = (session.origin, session.envelope)
        let answers = answers
        answers.ask(question, origin: origin, envelope: envelope) { answers.answer = $0 }
        if let answer = answers.answer { follow(session.answered(answer)) }
      case .readContent(let sink): self.sink = sink
      default: break
      }
    }
  }

  /// Takes everything. `@unchecked Sendable`: one thread.
  private final class Answers: SessionGuard, ContentSink, @unchecked Sendable {
    var answer: Answer?
    private(set) var kept = 0

    func ask(
      _ question: Question, origin: Origin, envelope: Envelope?,
      answer: @escaping @Sendable (Answer) -> Void
    ) {
      switch question {
      case .sender: answer(.transaction(TraceID(milliseconds: 1, random: 1)))
      case .content: answer(.sink(self))
      case .acceptance: answer(.accepted(Reply(250, .init(2, 0, 0), "Kept")))
      default: answer(.proceed)
      }
    }

    func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool {
      kept = bytes.count
      return true
    }

    func transactionEnded() {}
    func connectionEnded(_ origin: Origin, _ summary: SessionSummary) {}
  }
}
