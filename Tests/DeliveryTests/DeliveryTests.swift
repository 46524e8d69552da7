import Foundation
import Mail
import SMTP
import Spool
import Testing

@testable import Delivery

@Suite struct DeliveryTests {
  private let now = Timestamp(microseconds: 1_000_000_000_000)

  @Test func `waits double up to the longest and end at the expiry`() {
    let schedule = RetrySchedule(first: 300, longest: 3600, expiry: 86_400)
    let waits = (1...6).map { attempts in
      schedule.next(after: attempts, acceptedAt: now, now: now).map { $0.seconds - now.seconds }
    }
    #expect(waits == [300, 600, 1200, 2400, 3600, 3600])
    #expect(schedule.next(after: 9, acceptedAt: now, now: now + 86_400) == nil)
    // The last attempt is made at the expiry itself, not an hour before.
    #expect(schedule.next(after: 9, acceptedAt: now, now: now + 86_000) == now + 86_400)
  }

  @Test func `the queue gives what is due, once, as many as may run`() {
    var queue = DeliveryQueue(limit: 2)
    let ids = (0..<3).map { TraceID(milliseconds: UInt64($0), random: 0) }
    for id in ids { queue.set(id, dueAt: now) }
    #expect(queue.takeDue(now: now + -1) == [])
    #expect(queue.takeDue(now: now) == [ids[0], ids[1]])
    #expect(queue.takeDue(now: now) == [])
    queue.set(ids[0], dueAt: now)  // under way: a change must not start it twice
    #expect(queue.takeDue(now: now) == [])
    queue.set(ids[0], dueAt: nil)
    queue.finished(ids[0], dueAt: nil)
    #expect(queue.takeDue(now: now) == [ids[2]])
    queue.finished(ids[1], dueAt: now + 5)
    #expect(queue.nextDue == now + 5)
    #expect(queue.count == 2)
  }

  @Test func `new messages and those that a start found are taken in turn`() {
    var queue = DeliveryQueue(limit: 100)
    let ids = (0..<6).map { TraceID(milliseconds: UInt64($0), random: 0) }
    for id in ids[..<4] { queue.set(id, dueAt: now + -60, isOld: true) }
    for id in ids[4...] { queue.set(id, dueAt: now) }
    #expect(queue.takeDue(now: now) == [ids[4], ids[0], ids[5], ids[1], ids[2], ids[3]])
    // What was tried is old.
    queue.finished(ids[0], dueAt: now)
    queue.finished(ids[1], dueAt: now)
    queue.set(TraceID(milliseconds: 9, random: 0), dueAt: now)
    #expect(queue.takeDue(now: now).map(\.milliseconds) == [9, 0, 1])
  }

  @Test func `who steps aside leaves its place to another`() {
    var queue = DeliveryQueue(limit: 1)
    let ids = (0..<4).map { TraceID(milliseconds: UInt64($0), random: 0) }
    for id in ids { queue.set(id, dueAt: now) }
    #expect(queue.takeDue(now: now) == [ids[0]])
    queue.stepAside(ids[0])
    queue.stepAside(ids[3])  // not under way: nothing to leave
    #expect(queue.takeDue(now: now) == [ids[1]])
    queue.comeBack(ids[0])
    queue.finished(ids[1], dueAt: nil)
    #expect(queue.takeDue(now: now) == [])
    queue.finished(ids[0], dueAt: nil)
    #expect(queue.takeDue(now: now) == [ids[2]])
  }

  @Test func `a closed queue gives nothing more`() {
    var queue = DeliveryQueue(limit: 2)
    let id = TraceID(milliseconds: 1, random: 0)
    queue.set(id, dueAt: now)
    queue.close()
    #expect(queue.takeNext(now: now) == nil)
    #expect(queue.nextDue == now)
  }

  @Test func `what is released behind an attempt's last look at it is tried again`() {
    var queue = DeliveryQueue(limit: 2)
    let id = TraceID(milliseconds: 1, random: 0)
    queue.set(id, dueAt: now)
    #expect(queue.takeDue(now: now) == [id])
    queue.set(id, dueAt: nil)  // held
    queue.set(id, dueAt: now + 1)  // released
    queue.finished(id, dueAt: nil)
    #expect(queue.takeDue(now: now + 1) == [id])
    queue.finished(id, dueAt: nil)
    #expect(queue.nextDue == nil)
  }

  @Test func `a call that comes while a message is still under way is not forgotten`() {
    var queue = DeliveryQueue(limit: 2)
    let id = TraceID(milliseconds: 1, random: 0)
    queue.set(id, dueAt: now)
    #expect(queue.takeDue(now: now) == [id])
    queue.call(id, at: now + 1)
    queue.finished(id, dueAt: now + 3600)
    #expect(queue.nextDue == now + 1)
    #expect(queue.takeDue(now: now + 1) == [id])
    queue.finished(id, dueAt: nil)
    #expect(queue.nextDue == nil)
  }

  @Test(arguments: [
    ("alice", "alice"), ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
    (".hidden", "%2Ehidden"), ("a/b", "a%2Fb"), ("a.b", "a.b"), ("é", "%C3%A9"),
  ])
  func `a mailbox name can't leave its folder`(user: String, name: String) {
    #expect(Maildir.fileName(user[...]) == name)
  }

  @Test(arguments: [1, 3, 100])
  func `delivered content has its two fields and LF line ends, however it is cut`(
    piece: Int
  ) throws {
    let written = try written("X: y\r\n\r\nz\rz\r\r\n\r", piece: piece, isBinary: false)
    #expect(written == "Return-Path: <>\nDelivered-To: a@b.example\nX: y\n\nz\rz\r\n\r")
  }

  @Test func `binary content is delivered as it came`() throws {
    let written = try written("X: y\r\n\r\n\r\n", piece: 100, isBinary: true)
    #expect(written.hasSuffix("X: y\r\n\r\n\r\n"))
  }

  private func written(_ content: String, piece: Int, isBinary: Bool) throws -> String {
    let folder = NSTemporaryDirectory() + "kadomori-maildir-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let maildir = Maildir(
      template: folder + "/{user}", hostname: "gate", files: DiskFileSystem(),
      folders: DurableFolders())
    let recipient = try #require(Mailbox("a@b.example"))
    var file = try maildir.begin(
      sender: .null, recipient: recipient, name: "1", isBinary: isBinary
    ).get()
    let bytes = Array(content.utf8)
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let fault = file.write(Array(bytes[start..<min(start + piece, bytes.count)]))
      #expect(fault == nil)
    }
    #expect(file.finish() == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/a/tmp").isEmpty)
    return String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: folder + "/a/new/1.gate")),
      as: UTF8.self)
  }

  @Test func `only what is said about the mailbox makes it unknown`() {
    #expect(RecipientInquiry.word(Reply(250, .init(2, 1, 5), "ok")) == .exists)
    let unknown = Reply(550, .init(5, 1, 1), "no such user")
    #expect(RecipientInquiry.word(unknown) == .unknown(unknown))
    let bare = Reply(550, nil, "no such user")
    #expect(RecipientInquiry.word(bare) == .unknown(bare))
    for reply in [
      Reply(554, .init(5, 7, 1), "client host blocked"), Reply(550, .init(5, 7, 1), "blocked"),
      Reply(554, nil, "go away"), Reply(450, .init(4, 1, 1), "later"),
    ] {
      guard case .unreachable = RecipientInquiry.word(reply) else {
        Issue.record("\(reply) was taken for an answer")
        continue
      }
    }
  }
}
