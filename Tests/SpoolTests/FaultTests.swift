import FaultyDisk
import Foundation
import Mail
import SMTP
import Synchronization
import Testing

@testable import Spool

@Suite struct FaultTests {
  private let folder = NSTemporaryDirectory() + "kadomori-faults-" + UUID().uuidString
  private let system = FaultyFileSystem()

  private func open(_ change: (inout SpoolLimits) -> Void = { _ in }) throws -> Spool {
    var limits = SpoolLimits()
    limits.isNextPrepared = false
    change(&limits)
    return try Spool.open(directory: folder, fileSystem: system, limits: limits).0
  }

  private func keep(
    _ number: Int, _ spool: Spool, octets: Int = 10
  ) async throws -> Result<Void, SpoolFailure> {
    let id = TraceID(milliseconds: UInt64(number), random: 1 as UInt32)
    let address = try #require(IPAddress("192.0.2.1"))
    let message = StoredMessage(
      id: id, acceptedAt: Timestamp(microseconds: 0),
      origin: Origin(listener: .mx, address: address, port: 1),
      envelope: Envelope(
        sender: .null, recipients: [Recipient(path: ForwardPath(mailbox: nil))]),
      size: octets, facts: HeaderFacts())
    let draft = spool.draft(id: id, prefix: [])
    _ = draft.write([UInt8](repeating: 0x41, count: octets)) {}
    return await spool.commit([.message(message, draft)])
  }

  @Test func `after a failed write the disk may recover, and mail flows again`() async throws {
    let spool = try open()
    system.faults.withLock { $0.write = true }
    guard case .failure(let failure) = try await keep(1, spool) else {
      Issue.record("kept on a disk that fails")
      return
    }
    #expect(!failure.mayBeKept)
    system.faults.withLock { $0.write = false }
    #expect(try await keep(2, spool) == .success(()))
    await spool.close()
    #expect(try open().count == 1)
  }

  @Test func `where no file can be made the log goes on in a full segment`() async throws {
    let spool = try open { $0.segment = 1000 }
    #expect(try await keep(1, spool, octets: 2000) == .success(()))
    system.faults.withLock { $0.create = true }
    let id = TraceID(milliseconds: 1, random: 1 as UInt32)
    let removal = Change.removed(by: "t", reason: "", at: Timestamp(microseconds: 0))
    #expect(await spool.commit([.change(id, removal)]) == .success(()))
    system.faults.withLock { $0.create = false }
    #expect(try await keep(2, spool) == .success(()))
    await spool.close()
    #expect(try open().count == 1)
  }

  @Test func `a short message whose sync failed is unknown, and later ones are refused`()
    async throws
  {
    let spool = try open()
    system.faults.withLock { $0.sync = true }
    guard case .failure(let first) = try await keep(1, spool) else {
      Issue.record("kept without a sync")
      return
    }
    #expect(first.mayBeKept)
    #expect(spool.trouble == .broken)
    system.faults.withLock { $0.sync = false }
    guard case .failure(.broken) = try await keep(2, spool) else {
      Issue.record("a spool whose sync failed goes on")
      return
    }
    await spool.close()
    // What was written is found: a duplicate at worst, never a loss.
    #expect(try open().count == 1)
  }

  @Test func `a disk without room is told of until a look finds room again`() async throws {
    let spool = try open()
    #expect(spool.trouble == nil)
    system.faults.withLock { $0.isFull = true }
    #expect(try await keep(1, spool) == .failure(.full))
    #expect(spool.trouble == .full)
    system.faults.withLock { $0.isFull = false }
    spool.lookForRoom()
    await spool.close()
    #expect(spool.trouble == nil)
  }

  @Test func `a write that can't be cut off again breaks the spool`() async throws {
    let spool = try open()
    system.faults.withLock { ($0.write, $0.truncate) = (true, true) }
    guard case .failure(let failure) = try await keep(1, spool) else {
      Issue.record("kept on a disk that fails")
      return
    }
    #expect(failure.mayBeKept)
    system.faults.withLock { ($0.write, $0.truncate) = (false, false) }
    guard case .failure(.broken) = try await keep(2, spool) else {
      Issue.record("goes on behind half a frame")
      return
    }
    await spool.close()
  }

  @Test func `readers of the index do not wait for the disk`() async throws {
    let spool = try open()
    let seen = Mutex<Int?>(nil)
    system.faults.withLock { faults in
      // Would wait for itself if the index were locked during the sync.
      faults.whileSyncing = { seen.withLock { $0 = spool.count } }
    }
    #expect(try await keep(1, spool) == .success(()))
    #expect(seen.withLock { $0 } == 0)
    system.faults.withLock { $0.whileSyncing = nil }
    #expect(spool.count == 1)
    await spool.close()
  }

  @Test func `a spool of another format is refused, not taken for an empty one`() async throws {
    let first = try open()
    await first.close()
    let path = folder + "/segment-0000000000000000"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[4] = 9
    bytes.replaceSubrange(24..<28, with: Frame.little(Checksum.crc32c(bytes[..<24])))
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(throws: SpoolFailure.self) { try open() }
    #expect(FileManager.default.fileExists(atPath: path))
  }
}

extension Result where Success == Void, Failure == SpoolFailure {
  fileprivate static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.success, .success): true
    case (.failure(let one), .failure(let other)): one == other
    default: false
    }
  }
}
