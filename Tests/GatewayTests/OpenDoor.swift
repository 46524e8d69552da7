import Mail
import SMTP
import Synchronization
import Transport

/// Lets everybody in, takes every message and keeps the octets of all: for tests of the listener alone.
final class OpenDoor: Gatekeeper, SessionGuard, ContentSink {
  let kept = Mutex<[UInt8]>([])
  /// Why sessions ended, where something was wrong.
  let faults = Mutex<[String]>([])

  func guardSession(from origin: Origin) -> any SessionGuard { self }

  func ask(
    _ question: Question, origin: Origin, envelope: Envelope?,
    answer: @escaping @Sendable (Answer) -> Void
  ) {
    switch question {
    case .sender: answer(.transaction(TraceID(milliseconds: 1, random: 1)))
    case .content: answer(.sink(self))
    case .acceptance: answer(.accepted(Reply(250, .init(2, 0, 0), "kept")))
    default: answer(.proceed)
    }
  }

  func transactionEnded() {}

  func connectionEnded(_ origin: Origin, _ summary: SessionSummary) {
    if let fault = summary.fault { faults.withLock { $0.append(fault) } }
  }

  func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool {
    kept.withLock { $0 += bytes }
    return true
  }
}

/// A listener on a free loopback port with an open door behind it.
final class TestListener: Sendable {
  let door = OpenDoor()
  let loops = EventLoops(threads: 1)
  let listener: SMTPListener

  init(_ kind: ListenerKind = .internal, _ change: (inout ListenerPlan) throws -> Void = { _ in })
    async throws
  {
    let profile = ServerProfile(hostname: "gate.example.test", listener: kind)
    var plan = ListenerPlan(address: .v4(0x7F00_0001), port: 0, profile: profile)
    try change(&plan)
    listener = try await SMTPListener.bind(plan, on: loops, gatekeeper: door)
  }

  /// A client, greeted, that has said these lines and heard their replies.
  func client(saying lines: String...) throws -> WireClient {
    let client = try WireClient(port: listener.port)
    _ = client.hear()
    for line in lines {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    return client
  }

  func close() async {
    await listener.stopAccepting()
    await loops.stop()
  }
}
