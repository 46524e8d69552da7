import CCount
import Glibc
import Mail
import SMTP
import Spool
import Synchronization
import Threads

/// Messages a second that the spool makes durable, with so many senders waiting for their 250 at once.
struct CommitBenchmark {
  let folder: String
  private static let seconds = 2.0

  func rows() -> [Table.Row] { [1, 20, 100].map(row) }

  private func row(_ senders: Int) -> Table.Row {
    let run = Run(folder: "\(folder)/\(senders)")
    let (start, processor, made) = (Machine.clock, Machine.processor, allocations_made())
    for _ in 0..<senders { run.send() }
    while Machine.clock < start + Self.seconds { usleep(10_000) }
    let count = Double(run.kept.load(ordering: .relaxed))
    let (passed, taken) = (Machine.clock - start, Machine.processor - processor)
    run.end()
    return Table.Row(
      name: "\(senders) at once",
      cells: [
        ("messages/s", count / passed), ("CPU µs each", taken / count * 1e6),
        ("allocations", Double(allocations_made() - made) / count),
      ])
  }
}

/// One spool and those who fill it.
private final class Run: Sendable {
  let kept = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  private let underWay = Atomic<Int>(0)
  private let number = Atomic<UInt32>(0)
  private let spool: Spool
  /// Makes drafts, as the event loops do.
  private let loop = WorkThread("drafts")

  init(folder: String) {
    do throws(SpoolFailure) {
      spool = try Spool.open(
        directory: folder, fileSystem: DiskFileSystem()
      ).spool
    } catch {
      preconditionFailure("\(error)")
    }
  }

  func send() {
    underWay.add(1, ordering: .relaxed)
    loop.perform { [self] in
      let random = number.add(1, ordering: .relaxed).newValue
      let draft = spool.draft(id: TraceID(milliseconds: 1, random: random), prefix: [])
      _ = draft.write(SampleMail.plain) {}
      let message = StoredMessage(
        id: draft.id, acceptedAt: Timestamp(microseconds: 0), origin: Self.origin,
        envelope: Self.envelope, size: draft.size, facts: HeaderFacts(messageID: "<1@example.jp>"))
      spool.commit([.message(message, draft)]) { [self] result in
        guard case .success = result else { preconditionFailure("the disk takes nothing") }
        kept.add(1, ordering: .relaxed)
        if !isOver.load(ordering: .relaxed) { send() }
        underWay.subtract(1, ordering: .relaxed)
      }
    }
  }

  /// Until all have their answer.
  func end() {
    isOver.store(true, ordering: .relaxed)
    while underWay.load(ordering: .relaxed) > 0 { usleep(10_000) }
  }

  private static let origin = Origin(listener: .mx, address: .v6(high: 0, low: 1), port: 1)

  private static let envelope: Envelope = {
    var envelope = Envelope(sender: Mailbox("yamada@example.jp").map(ReversePath.mailbox) ?? .null)
    envelope.recipients = [
      Recipient(path: ForwardPath(mailbox: Mailbox("somebody@example.test")))
    ]
    return envelope
  }()
}
