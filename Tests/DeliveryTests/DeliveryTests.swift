import Mail
import SMTP
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
    queue.finished(ids[0], dueAt: nil)
    #expect(queue.takeDue(now: now) == [ids[2]])
    queue.finished(ids[1], dueAt: now + 5)
    #expect(queue.nextDue == now + 5)
    #expect(queue.count == 2)
  }

  @Test(arguments: [
    ("alice", "alice"), ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
    (".hidden", "%2Ehidden"), ("a/b", "a%2Fb"), ("a.b", "a.b"), ("é", "%C3%A9"),
  ])
  func `a mailbox name can't leave its folder`(user: String, name: String) {
    #expect(Maildir.fileName(user[...]) == name)
  }

  @Test func `delivered content has its two fields and LF line ends`() throws {
    let recipient = try #require(Mailbox("a@b.example"))
    let content = Maildir.content(
      Array("X: y\r\n\r\nz\r\n".utf8), sender: .null, recipient: recipient)
    #expect(
      String(decoding: content, as: UTF8.self)
        == "Return-Path: <>\nDelivered-To: a@b.example\nX: y\n\nz\n")
  }
}
