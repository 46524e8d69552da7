import Foundation
import Mail
import SMTP
import Testing

@testable import Spool

@Suite struct AmendmentTests {
  private static func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `octets in front, a place left out, one replaced and one put in`() throws {
    let amendment = try #require(
      Amendment(
        front: Self.octets("A: 1\r\n"),
        edits: [
          .init(8..<10, with: Self.octets("xyz")), .init(2..<5), .init(6..<6, with: [0x2D]),
          .init(10..<10, with: Self.octets(".")),
        ]))
    let body = Self.octets("0123456789")
    #expect(amendment.applied(to: body) == Self.octets("A: 1\r\n015-67xyz."))
    #expect(amendment.growth == amendment.applied(to: body).count - body.count)
    #expect(amendment.fits(10) && !amendment.fits(9))
  }

  @Test func `edits that overlap, lie nowhere or are too many make no amendment`() {
    #expect(Amendment(edits: [.init(0..<4), .init(3..<5)]) == nil)
    #expect(Amendment(edits: [.init(0..<4), .init(2..<2)]) == nil)
    #expect(Amendment(edits: [.init(-1..<4)]) == nil)
    let many = (0...Amendment.editLimit).map { Amendment.Edit($0 * 2..<$0 * 2 + 1) }
    #expect(Amendment(edits: many) == nil)
    #expect(Amendment(edits: Array(many.dropLast())) != nil)
    let long = [UInt8](repeating: 0x2E, count: Amendment.addedLimit / 2)
    #expect(Amendment(front: long, edits: [.init(0..<1, with: long)]) != nil)
    #expect(Amendment(front: long, edits: [.init(0..<1, with: long + [0])]) == nil)
  }

  /// Random edits of a random body, the plain way: from the end to the beginning.
  private struct Sample {
    var body: [UInt8]
    var amendment: Amendment
    var expected: [UInt8]

    init?(_ random: inout some RandomNumberGenerator) {
      body = (0..<Int.random(in: 0...60, using: &random)).map { UInt8(0x30 + $0) }
      let cuts = (0..<2 * Int.random(in: 0...4, using: &random)).map { [body] _ in
        Int.random(in: 0...body.count, using: &random)
      }.sorted()
      let edits = stride(from: 0, to: cuts.count, by: 2).map { index in
        Amendment.Edit(
          cuts[index]..<cuts[index + 1],
          with: [UInt8](repeating: 0x78, count: Int.random(in: 0...3, using: &random)))
      }
      let front = [UInt8](repeating: 0x46, count: Int.random(in: 0...5, using: &random))
      guard let amendment = Amendment(front: front, edits: edits) else { return nil }
      self.amendment = amendment
      expected = body
      for edit in edits.reversed() { expected.replaceSubrange(edit.range, with: edit.replacement) }
      expected.insert(contentsOf: front, at: 0)
    }
  }

  @Test func `read in whatever pieces it is what the edits make of the whole`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      let sample = try #require(Sample(&random))
      var reading = AmendedReading(sample.amendment)
      var read: [UInt8] = []
      var rest = sample.body[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 0...9, using: &random))
        read += reading.take(Array(piece))
        rest = rest.dropFirst(piece.count)
      }
      read += reading.end()
      #expect(read == sample.expected, "\(sample.amendment)")
      #expect(sample.amendment.growth == sample.expected.count - sample.body.count)
      #expect(sample.amendment.applied(to: sample.body) == sample.expected)
    }
  }

  @Test func `a record is read back, and a cut one is damage`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let sample = try #require(Sample(&random))
      var writer = RecordWriter()
      writer.write(sample.amendment)
      var reader = RecordReader(writer.bytes)
      let read = try reader.amendment()
      #expect(read == sample.amendment)
      #expect(reader.isAtEnd)
      for count in writer.bytes.indices {
        var cut = RecordReader(Array(writer.bytes.prefix(count)))
        let read = try? cut.amendment()
        #expect(read == nil)
      }
    }
  }

  // MARK: In the spool

  private func message(_ id: TraceID, size: Int) throws -> StoredMessage {
    let address = try #require(IPAddress("192.0.2.1"))
    let mailbox = try #require(Mailbox("a@b.example"))
    return StoredMessage(
      id: id, acceptedAt: Timestamp(microseconds: 1),
      origin: Origin(listener: .mx, address: address, port: 9),
      envelope: Envelope(
        sender: .mailbox(mailbox), recipients: [Recipient(path: ForwardPath(mailbox: mailbox))]),
      size: size, facts: HeaderFacts())
  }

  private func read(_ spool: Spool, _ id: TraceID) async throws -> [UInt8] {
    let reader = spool.body(of: id)
    var all: [UInt8] = []
    while let piece = try await reader.next() {
      #expect(!piece.isEmpty)
      all += piece
    }
    return all
  }

  /// In the log and in a file of its own.
  @Test(arguments: [100, 1_000_000])
  func `what is read is amended at once, after a change and after a restart`(
    size: Int
  ) async throws {
    let folder = NSTemporaryDirectory() + "kadomori-amendment-" + UUID().uuidString
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let id = TraceID(milliseconds: 1, random: 2)
    let first = try #require(
      Amendment(front: Self.octets("X: y\r\n"), edits: [.init(10..<(size - 10))]))
    let second = try #require(Amendment(edits: [.init(0..<size, with: Self.octets("gone"))]))
    let (spool, _) = try Spool.open(directory: folder, fileSystem: DiskFileSystem())
    let draft = spool.draft(id: id, prefix: [])
    _ = draft.write(body) {}
    var message = try message(id, size: size)
    message.amend(first)
    try await spool.commit([.message(message, draft)]).get()
    #expect(message.size == 26 && spool.message(id) == message)
    #expect(spool.warmBody(of: id) == (size == 100 ? first.applied(to: body) : nil))
    #expect(try await read(spool, id) == first.applied(to: body))
    let begun = spool.body(of: id)
    var begunRead = try await begun.next() ?? []
    try await spool.commit([.change(id, .amended(second, by: "me", at: .init(microseconds: 2)))])
      .get()
    #expect(spool.message(id)?.size == 4 && spool.warmBody(of: id) == nil)
    #expect(try await read(spool, id) == Self.octets("gone"))
    // Who had begun reads on as it began.
    while let piece = try await begun.next() { begunRead += piece }
    #expect(begunRead == first.applied(to: body))
    await spool.close()
    let (again, _) = try Spool.open(directory: folder, fileSystem: DiskFileSystem())
    #expect(again.message(id)?.amendment == second)
    #expect(try await read(again, id) == Self.octets("gone"))
    await again.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `an amendment that does not fit changes nothing`() throws {
    var message = try message(TraceID(milliseconds: 1, random: 1), size: 5)
    let amendment = try #require(Amendment(edits: [.init(0..<6)]))
    let isAmended = message.amend(amendment)
    #expect(!isAmended)
    message.apply(.amended(amendment, by: "me", at: .init(microseconds: 1)))
    #expect(message.amendment.isEmpty && message.size == 5)
  }
}
