import Foundation
import Mail
import SMTP
import Synchronization
import Testing

@testable import Spool

@Suite struct SpoolTests {
  private let now = Timestamp(microseconds: 1_000_000)

  private func folder() -> String { NSTemporaryDirectory() + "kadomori-spool-" + UUID().uuidString }

  private func open(_ folder: String, limits: SpoolLimits = .init()) throws -> (Spool, Recovery) {
    try Spool.open(directory: folder, fileSystem: DiskFileSystem(), limits: limits)
  }

  private func message(_ number: Int, size: Int) throws -> StoredMessage {
    var origin = Origin(listener: .mx, address: try #require(IPAddress("192.0.2.1")), port: 9)
    origin.hello = .other("odd name")
    origin.tls = TLSFacts(version: "TLSv1.3")
    let mailbox = try #require(Mailbox("\"a b\"@例え.jp"))
    let recipient = Recipient(
      path: ForwardPath(mailbox: mailbox), notify: [.success, .delay],
      original: OriginalRecipient(addressType: "rfc822", address: "x@y.example"))
    var envelope = Envelope(sender: .mailbox(mailbox), recipients: [recipient, recipient])
    envelope.parameters.envelopeID = "id"
    envelope.parameters.body = .eightBitMIME
    return StoredMessage(
      id: TraceID(milliseconds: 5, random: UInt32(number)), acceptedAt: now, origin: origin,
      envelope: envelope, size: size, facts: HeaderFacts(messageID: "<m>", from: nil))
  }

  private func keep(_ spool: Spool, _ number: Int, body: [UInt8]) async throws -> StoredMessage {
    let draft = spool.draft(id: TraceID(milliseconds: 5, random: UInt32(number)), prefix: [])
    for start in stride(from: 0, to: body.count, by: 10_000) {
      _ = draft.write(Array(body[start..<min(start + 10_000, body.count)])) {}
    }
    let message = try message(number, size: body.count)
    try await spool.commit([.message(message, draft)]).get()
    return message
  }

  private func read(_ spool: Spool, _ id: TraceID) async throws -> [UInt8] {
    let reader = spool.body(of: id)
    var all: [UInt8] = []
    while let piece = try await reader.next() { all += piece }
    return all
  }

  private func content(_ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }
  }

  @Test(arguments: [0, 1, 5000, 262_144, 262_145, 3_000_000])
  func `what was kept is there after a restart, whole`(size: Int) async throws {
    let folder = folder()
    let (first, _) = try open(folder)
    let kept = try await keep(first, 1, body: content(size))
    #expect(try await read(first, kept.id) == content(size))
    await first.close()
    _ = consume first
    let (second, recovery) = try open(folder)
    #expect(recovery.messages == 1 && recovery.tornOctets == 0)
    #expect(second.message(kept.id) == kept)
    #expect(try await read(second, kept.id) == content(size))
    await second.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test(arguments: [0, 5000, 262_144, 3_000_000])
  func `a twin is kept in the same commit and outlives its draft`(size: Int) async throws {
    let folder = folder()
    let (first, _) = try open(folder)
    let draft = first.draft(id: TraceID(milliseconds: 5, random: 1), prefix: [])
    let body = content(size)
    for start in stride(from: 0, to: size, by: 10_000) {
      _ = draft.write(Array(body[start..<min(start + 10_000, size)])) {}
    }
    let twin = draft.twin(id: TraceID(milliseconds: 5, random: 2))
    #expect(twin.size == size && twin.head == draft.head)
    let (one, two) = (try message(1, size: size), try message(2, size: size))
    try await first.commit([.message(one, draft), .message(two, twin)]).get()
    try await first.commit([.change(one.id, .removed(by: "me", reason: "", at: now))]).get()
    #expect(try await read(first, two.id) == body)
    await first.close()
    _ = consume first
    let (second, recovery) = try open(folder)
    #expect(recovery.messages == 1)
    #expect(try await read(second, two.id) == body)
    await second.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `changes are remembered and the finished forgotten`() async throws {
    let folder = folder()
    let (first, _) = try open(folder)
    let kept = try await keep(first, 1, body: content(10))
    let other = try await keep(first, 2, body: content(10))
    let later = RecipientState.queued(attempts: 1, next: now + 60)
    let results = [
      RecipientResult(
        recipient: 0, state: .delivered, reply: Reply(250, .init(2, 0, 0), "ok"), text: ""),
      RecipientResult(recipient: 1, state: later, reply: nil, text: "down"),
    ]
    let attempt = Attempt(startedAt: now, endedAt: now, destination: "x", results: results)
    try await first.commit([.change(kept.id, .attempted(attempt))]).get()
    try await first.commit([.change(other.id, .removed(by: "me", reason: "spam", at: now))]).get()
    try await first.commit([.change(kept.id, .held(Hold(reason: "r", by: "me", at: now)))]).get()
    await first.close()
    let (second, recovery) = try open(folder)
    #expect(recovery.messages == 1)
    #expect(second.message(kept.id)?.recipients == [.delivered, later])
    #expect(second.message(kept.id)?.hold?.reason == "r")
    #expect(second.message(other.id) == nil)
    await second.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  private func path(_ folder: String, _ segment: Int) -> String {
    folder + "/segment-000000000000000\(segment)"
  }

  private func change(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test func `half a frame at the end is cut, damage before it is told and what follows is kept`()
    async throws
  {
    let folder = folder()
    let (first, _) = try open(folder, limits: small)
    for number in 1...3 { _ = try await keep(first, number, body: content(1000)) }
    await first.close()
    try change(path(folder, 0)) { bytes in
      bytes[SegmentStore.headerLength + 20] ^= 0xFF  // in the first frame
      bytes.removeLast(5)  // the third is torn
    }
    let (second, recovery) = try open(folder, limits: small)
    #expect(recovery.damagedFrames == 1)
    #expect(recovery.tornOctets > 0)
    #expect(second.messages.map(\.id.random) == [2])
    _ = try await keep(second, 4, body: content(10))
    await second.close()
    let (third, again) = try open(folder, limits: small)
    #expect(again.messages == 2 && again.tornOctets == 0)
    await third.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `a last frame whose records are there and whose body is not was never kept`()
    async throws
  {
    let folder = folder()
    let (first, _) = try open(folder, limits: small)
    _ = try await keep(first, 1, body: content(1000))
    _ = try await keep(first, 2, body: content(1000))
    await first.close()
    try change(path(folder, 0)) { $0[$0.count - 500] ^= 0xFF }
    for _ in 1...2 {
      let (next, _) = try open(folder, limits: small)
      #expect(next.messages.map(\.id.random) == [1])
      await next.close()
    }
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `what stood in a file before it was taken anew is no part of the log`() async throws {
    let folder = folder()
    var limits = small
    limits.segment = 20_000
    let (first, _) = try open(folder, limits: limits)
    for number in 1...60 {
      let kept = try await keep(first, number, body: content(2000))
      try await first.commit([.change(kept.id, .removed(by: "t", reason: "", at: now))]).get()
    }
    _ = try await keep(first, 99, body: content(10))
    await first.close()
    let (second, recovery) = try open(folder, limits: limits)
    #expect(recovery.damagedFrames == 0)
    #expect(second.messages.map(\.id.random) == [99])
    await second.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  /// Segments that no spare takes the place of during a test.
  private var small: SpoolLimits {
    var limits = SpoolLimits()
    limits.segment = 1 << 30
    limits.isNextPrepared = false
    return limits
  }

  @Test func `a body that looks like a frame never becomes one`() async throws {
    let folder = folder()
    let (first, _) = try Spool.open(
      directory: folder, fileSystem: DiskFileSystem(), limits: small, random: { 7 })
    var forged = try message(666, size: 0)
    forged.delayReported = true
    let frame = Frame.encode([.message(forged, .inline([]))], salt: 8).bytes
    _ = try await keep(first, 1, body: frame + content(5000))
    _ = try await keep(first, 2, body: content(10))
    await first.close()
    try change(path(folder, 0)) { $0[SegmentStore.headerLength + 20] ^= 0xFF }
    let (second, recovery) = try open(folder, limits: small)
    #expect(second.messages.map(\.id.random) == [2] && recovery.damagedFrames == 1)
    await second.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `one old message does not keep every younger segment`() async throws {
    let folder = folder()
    var limits = SpoolLimits()
    limits.segment = 20_000
    limits.segments = 3
    let (spool, _) = try open(folder, limits: limits)
    let old = try await keep(spool, 1, body: content(3000))
    try await spool.commit([.change(old.id, .held(Hold(reason: "r", by: "me", at: now)))]).get()
    for number in 2...200 {
      let kept = try await keep(spool, number, body: content(2000))
      try await spool.commit([.change(kept.id, .removed(by: "t", reason: "", at: now))]).get()
    }
    await spool.close()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count { $0.hasPrefix("segment-") } < 12)
    let (again, _) = try open(folder, limits: limits)
    #expect(again.message(old.id)?.hold?.reason == "r")
    #expect(try await read(again, old.id) == content(3000))
    await again.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `a body that is copied forward while it is read is read on where it is now`()
    async throws
  {
    let folder = folder()
    var limits = SpoolLimits()
    limits.segment = 20_000
    limits.segments = 3
    limits.piece = 1000
    let (spool, _) = try open(folder, limits: limits)
    let old = try await keep(spool, 1, body: content(3000))
    try await spool.commit([.change(old.id, .held(Hold(reason: "r", by: "me", at: now)))]).get()
    let reader = spool.body(of: old.id)
    var all = try await reader.next() ?? []
    #expect(all.count == 1000)
    // Its segment is taken anew, and filled with other mail.
    let other = [UInt8](repeating: 0x41, count: 2000)
    for number in 2...200 {
      let kept = try await keep(spool, number, body: other)
      try await spool.commit([.change(kept.id, .removed(by: "t", reason: "", at: now))]).get()
    }
    while let piece = try await reader.next() { all += piece }
    #expect(all == content(3000))
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `a damaged frame at a segment's end is told when younger segments follow`()
    async throws
  {
    let folder = folder()
    var limits = SpoolLimits()
    limits.segment = 2000
    limits.isNextPrepared = false
    let (first, _) = try open(folder, limits: limits)
    for number in 1...3 { _ = try await keep(first, number, body: content(1000)) }
    await first.close()
    try change(path(folder, 0)) { bytes in
      let last = bytes.indices.last { bytes[$0...].starts(with: Frame.magic) } ?? 0
      bytes[last + Frame.headerLength + 5] ^= 0xFF
    }
    let (second, recovery) = try open(folder, limits: limits)
    #expect(recovery.damagedFrames == 1)
    #expect(second.messages.map(\.id.random) == [1, 3])
    await second.close()
    #expect(FileManager.default.fileExists(atPath: path(folder, 0)))
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `what was just accepted is in memory, what was tried is not`() async throws {
    let folder = folder()
    let (spool, _) = try open(folder)
    let kept = try await keep(spool, 1, body: content(100))
    #expect(spool.warmBody(of: kept.id) == content(100))
    let later = RecipientResult(
      recipient: 0, state: .queued(attempts: 1, next: now + 60), reply: nil, text: "down")
    let attempt = Attempt(startedAt: now, endedAt: now, destination: "x", results: [later])
    try await spool.commit([.change(kept.id, .attempted(attempt))]).get()
    #expect(spool.warmBody(of: kept.id) == nil)
    #expect(try await read(spool, kept.id) == content(100))
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `who waits at a door makes room in memory for who is new`() async throws {
    let folder = folder()
    var limits = SpoolLimits()
    limits.warm = 4 * 2048
    let (spool, _) = try open(folder, limits: limits)
    var kept: [StoredMessage] = []
    for number in 1...6 { kept.append(try await keep(spool, number, body: content(1024))) }
    #expect(kept.map { spool.warmBody(of: $0.id) != nil } == (0..<6).map { $0 < 4 })
    spool.letCool(kept[2].id)
    spool.letCool(kept[0].id)
    spool.letCool(kept[0].id)
    for number in 7...9 { kept.append(try await keep(spool, number, body: content(1024))) }
    let warm = kept.filter { spool.warmBody(of: $0.id) != nil }.map(\.id)
    #expect(warm == [1, 3, 6, 7].map { kept[$0].id })
    #expect(try await read(spool, kept[2].id) == content(1024))
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `no two names of one moment are the same`() async throws {
    let folder = folder()
    let (spool, _) = try open(folder)
    let names = Set((0..<200_000).map { _ in spool.newID(at: now) })
    #expect(names.count == 200_000)
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `two gates never open one spool`() async throws {
    let folder = folder()
    let (first, _) = try open(folder)
    #expect(throws: SpoolFailure.locked(folder)) { try open(folder) }
    await first.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `space returns when the oldest messages are done`() async throws {
    let folder = folder()
    var limits = SpoolLimits()
    limits.segment = 10_000
    let (spool, _) = try open(folder, limits: limits)
    for number in 1...50 {
      let kept = try await keep(spool, number, body: content(2000))
      try await spool.commit([.change(kept.id, .removed(by: "t", reason: "", at: now))]).get()
    }
    // The thread that takes them back may be behind.
    await spool.close()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count { $0.hasPrefix("segment-") } <= 3)
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `many writers at once all keep their own`() async throws {
    let folder = folder()
    let (spool, _) = try open(folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...200 {
        group.addTask { _ = try await self.keep(spool, number, body: self.content(number * 10)) }
      }
      try await group.waitForAll()
    }
    for number in 1...200 {
      let id = TraceID(milliseconds: 5, random: UInt32(number))
      #expect(try await read(spool, id) == content(number * 10))
    }
    await spool.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `random octets break no record reader`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
        UInt8.random(in: 0...3, using: &random)
      }
      _ = try? Frame.decode(bytes)
    }
  }

  @Test func `the checksum is the Castagnoli one`() {
    #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
    let split = Checksum.crc32c(Array("6789".utf8), from: Checksum.crc32c(Array("12345".utf8)))
    #expect(split == 0xE306_9283)
    for length in [0, 1, 7, 8, 9, 1000] {
      let bytes = content(length)
      let slow = bytes.withUnsafeBufferPointer { Checksum.byTable($0, 5) }
      #expect(Checksum.crc32c(bytes, from: 5) == slow)
    }
  }
}
