import Foundation
import Mail
import SMTP
import Synchronization
import Testing
import Threads

@testable import Spool

@Suite struct PatientCommitTests {
  private let folder = NSTemporaryDirectory() + "kadomori-patient-" + UUID().uuidString
  private let later = Jobs()
  private let change = SpoolEntry.change(
    TraceID(milliseconds: 1, random: 1 as UInt32),
    .removed(by: "t", reason: "", at: Timestamp(microseconds: 0)))

  /// What would run in a moment; how many commits were told of.
  private final class Jobs: Sendable {
    let waiting = Mutex<[@Sendable () -> Void]>([])
    let done = Atomic(0)
  }

  private func open() throws -> Spool {
    let later = later
    return try Spool.open(
      directory: folder, fileSystem: DiskFileSystem(),
      threads: SpoolThreads(later: { job in later.waiting.withLock { $0.append(job) } })
    ).spool
  }

  private func commitPatiently(_ spool: Spool, _ count: Int = 1) {
    for _ in 0..<count {
      spool.commit([change], isPatient: true) { [later] _ in
        later.done.add(1, ordering: .relaxed)
      }
    }
  }

  private var done: Int { later.done.load(ordering: .relaxed) }
  private var asked: Int { later.waiting.withLock { $0.count } }

  @Test func `a patient commit goes with the next that has no patience`() async throws {
    let spool = try open()
    commitPatiently(spool, 2)
    #expect(done == 0 && asked == 1)
    try await spool.commit([change]).get()
    #expect(done == 2)
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `one that stays alone is written when its moment is over`() async throws {
    let spool = try open()
    commitPatiently(spool)
    for job in later.waiting.withLock({ $0 }) { job() }
    await withCheckedContinuation { spool.writer.perform($0.resume) }
    #expect(done == 1)
    // The next one asks for a moment of its own.
    commitPatiently(spool)
    #expect(asked == 2)
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `many are company for each other`() async throws {
    let spool = try open()
    commitPatiently(spool, 16)
    await withCheckedContinuation { spool.writer.perform($0.resume) }
    #expect(done == 16 && asked == 1)
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `a spool that closes writes them`() async throws {
    let spool = try open()
    commitPatiently(spool)
    await spool.close()
    #expect(done == 1)
    // Too late, and without harm.
    for job in later.waiting.withLock({ $0 }) { job() }
    try FileManager.default.removeItem(atPath: folder)
  }
}
