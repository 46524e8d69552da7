import Journal
import Mail
import SMTP
import Spool
import Synchronization

/// Who was promised what, and what became of it: the checker of a run, outside of all that may fail.
final class Ledger: Sendable {
  /// What the client heard at the end of its content.
  enum Word: Sendable {
    /// Nothing: the connection or the gate was gone before.
    case nothing
    case kept
    case refused
  }

  /// One recipient's copy.
  struct Copy: Sendable {
    var arrivals = 0
    /// The gate has the last arrival on its disk: another one is a duplicate.
    var isRecorded = false
    /// The gate could not know of the last arrival: its reply was lost, or the gate ended, or the disk
    /// failed before it was recorded.
    var isExcused = false
    /// The sender was told that it failed.
    var isReported = false
    /// The gate gave it up, or may have: its sender is told by a notice.
    var mayHaveFailed = false
    /// That it was given up is on the gate's disk.
    var isGivenUp = false
  }

  struct Promise: Sendable {
    let content: [UInt8]
    /// The gate lets it be read otherwise than it stored it.
    var isAmended = false
    var word = Word.nothing
    /// The disk failed so that nobody knows whether it was kept.
    var isUnknown = false
    /// An operator asked for its removal; perhaps that was done.
    var mayBeRemoved = false
    /// That it was removed is on the gate's disk, and since an earlier life: no attempt is under way.
    var isRemoved = false
    var isLongRemoved = false
    /// The gate has said that nothing is left to do for it.
    var isFinished = false
    var copies: [String: Copy] = [:]
  }

  fileprivate struct Contents: Sendable {
    var promises: [String: Promise] = [:]
    var names: [TraceID: String] = [:]
    /// The gate does not know whether its disk has these.
    var uncertain: Set<TraceID> = []
    var violations: [String] = []
    var arrivals = 0
    /// Notices under way.
    var notices: Set<TraceID> = []
    /// A notice expired, or may have: its sender knows nothing, and that is nobody's fault.
    var hasLostNotice = false
  }

  private let contents = Mutex(Contents())

  var violations: [String] { contents.withLock { $0.violations } }
  var arrivals: Int { contents.withLock { $0.arrivals } }
  var kept: Int {
    contents.withLock { $0.promises.values.count { $0.word == .kept } }
  }

  func violation(_ words: String) { contents.withLock { $0.violations.append(words) } }

  // MARK: The client's side

  func sends(_ name: String, _ content: [UInt8]) {
    contents.withLock { $0.promises[name] = Promise(content: content) }
  }

  func takes(_ name: String, recipient: String) {
    contents.withLock { $0.promises[name]?.copies[recipient] = Copy() }
  }

  /// `id` is what the gate called it in its reply.
  func hears(_ name: String, _ word: Word, _ id: TraceID?) {
    contents.withLock { contents in
      contents.promises[name]?.word = word
      if let id, contents.uncertain.contains(id) { contents.promises[name]?.isUnknown = true }
    }
  }

  // MARK: The gate's side

  func names(_ id: TraceID, _ name: String) { contents.withLock { $0.names[id] = name } }

  /// What stands in front of an amended message, and in no other.
  static let amendedFront = Array("Received: amended\r\n".utf8)

  func amends(_ name: String) { contents.withLock { $0.promises[name]?.isAmended = true } }

  func isUnknown(_ id: TraceID) {
    contents.withLock { contents in
      if let name = contents.names[id] { contents.promises[name]?.isUnknown = true }
    }
  }

  /// By the gate's own log.
  func isUncertain(_ id: TraceID) { contents.withLock { _ = $0.uncertain.insert(id) } }

  func mayBeRemoved(_ id: TraceID) {
    contents.withLock { contents in
      if let name = contents.names[id] { contents.promises[name]?.mayBeRemoved = true }
    }
  }

  /// What the spool says it has on its disk.
  func observes(_ event: SpoolEvent) {
    guard case .changed(let message, let change) = event else {
      if case .accepted(let message) = event { accepts(message) }
      return
    }
    if message.isFinished {
      contents.withLock { contents in
        guard contents.notices.remove(message.id) != nil else { return }
        if message.recipients.contains(.failed) { contents.hasLostNotice = true }
      }
    }
    contents.withLock { contents in
      guard let name = contents.names[message.id] else { return }
      if message.isFinished { contents.promises[name]?.isFinished = true }
      switch change {
      case .attempted(let attempt):
        for result in attempt.results {
          let recipient = message.envelope.recipients[result.recipient].path.mailbox
          switch (result.state, recipient) {
          case (.delivered, let recipient?):
            contents.promises[name]?.copies["\(recipient)"]?.isRecorded = true
          case (.failed, let recipient?):
            contents.promises[name]?.copies["\(recipient)"]?.mayHaveFailed = true
            contents.promises[name]?.copies["\(recipient)"]?.isGivenUp = true
          default: break
          }
        }
      case .removed: contents.promises[name]?.isRemoved = true
      case .held(let hold) where hold.by == "gate":
        guard contents.promises[name]?.word == .kept else { return }
        contents.violations.append("\(name) was held by the gate: \(hold.reason)")
      default: break
      }
    }
  }

  private func accepts(_ message: StoredMessage) {
    contents.withLock { contents in
      if message.envelope.sender == .null { contents.notices.insert(message.id) }
      contents.names[message.id] = message.facts.messageID
    }
  }

  /// Whether its messages' history is whole: what is finished has no end in it that is open.
  func checks(_ journal: JournalReader, sawAll: Bool) {
    let promises = contents.withLock { $0.promises.filter { $0.value.word == .kept } }
    for name in promises.keys.sorted() {
      guard let trace = try? journal.trace(name, limit: 2) else {
        violation("the journal can't be read")
        continue
      }
      if trace.messages.isEmpty, sawAll { violation("\(name) has no history") }
      for message in trace.messages where message.finishedAt == nil {
        violation("\(name) is finished, and its history is not")
      }
    }
  }

  /// A notice that is gone after a start may have expired, in a record that the disk kept unasked. One
  /// that is there may be new to us: written in a frame of which nobody was told that it was kept.
  func recovers(_ spool: Spool) {
    let messages = spool.messages
    contents.withLock { contents in
      for (name, promise) in contents.promises where promise.isRemoved {
        contents.promises[name]?.isLongRemoved = true
      }
      let isNewsOfNotices = messages.contains {
        $0.envelope.sender == .null && !contents.notices.contains($0.id)
      }
      if isNewsOfNotices { contents.mayHaveFailed(unless: Set(messages.map(\.id))) }
      for message in messages {
        contents.names[message.id] = message.facts.messageID
        if message.envelope.sender == .null { contents.notices.insert(message.id) }
      }
      let gone = contents.notices.filter { spool.message($0) == nil }
      contents.notices.subtract(gone)
      if !gone.isEmpty { contents.hasLostNotice = true }
    }
  }

  /// An attempt that may not have been recorded: what failed may be given up, and what it delivered may
  /// come again where a disk that failed did not take the record.
  func excuse(_ message: StoredMessage, _ attempt: Attempt, hasDiskFailed: Bool) {
    contents.withLock { contents in
      guard let name = contents.names[message.id] else { return }
      for result in attempt.results where result.state.isFinal {
        let recipient = message.envelope.recipients[result.recipient].path.mailbox
        guard let recipient else { continue }
        if result.state == .delivered {
          if hasDiskFailed { contents.promises[name]?.copies["\(recipient)"]?.isExcused = true }
        } else {
          contents.promises[name]?.copies["\(recipient)"]?.mayHaveFailed = true
        }
      }
    }
  }

  /// The connection broke behind the content, before anything was said about this recipient.
  func excuse(_ content: [UInt8], for recipient: String) {
    guard let name = HeaderFields(content).first("Message-ID") else { return }
    contents.withLock { $0.promises[name]?.copies[recipient]?.isExcused = true }
  }

  /// The gate is ended: of arrivals it has not recorded it knows nothing.
  func excuseAll() {
    contents.withLock { contents in
      for name in contents.promises.keys { contents.promises[name]?.excuseAll() }
    }
  }

  // MARK: The next hop's side

  /// A message has arrived whole, as the next hop sees it. `hears` is false when its reply will be lost.
  func arrives(_ content: [UInt8], for recipient: String, replyIsLost: Bool) {
    arrives(content, for: recipient, replyIsLost: replyIsLost, isFoundLater: false)
  }

  /// Found in a mailbox at the end; it may have lain there long before the gate gave it up, since the sync
  /// behind it had failed.
  func isFound(_ content: [UInt8], for recipient: String) {
    arrives(content, for: recipient, replyIsLost: false, isFoundLater: true)
  }

  private func arrives(
    _ content: [UInt8], for recipient: String, replyIsLost: Bool, isFoundLater: Bool
  ) {
    let fields = HeaderFields(content)
    guard let name = fields.first("Message-ID") else {
      return violation("something without a Message-ID arrived for \(recipient)")
    }
    contents.withLock { contents in
      contents.arrivals += 1
      guard let promise = contents.promises[name] else {
        return contents.reported(content, to: recipient)
      }
      if !Self.ends(content, with: promise.content)
        || promise.isAmended != content.starts(with: Self.amendedFront)
      {
        contents.violations.append("\(name) arrived changed for \(recipient)")
      }
      guard var copy = promise.copies[recipient] else {
        return contents.violations.append("\(name) arrived for \(recipient), whom nobody named")
      }
      if promise.word == .refused, !promise.isUnknown {
        contents.violations.append("\(name) was refused and arrived for \(recipient)")
      }
      if !isFoundLater, copy.isGivenUp {
        contents.violations.append("\(name) was given up for \(recipient) and arrived")
      }
      if !isFoundLater, promise.isLongRemoved {
        contents.violations.append("\(name) was removed and arrived for \(recipient)")
      }
      if copy.arrivals > 0, copy.isRecorded {
        contents.violations.append("\(name) arrived again for \(recipient), though recorded")
      } else if copy.arrivals > 0, !copy.isExcused {
        contents.violations.append("\(name) arrived twice for \(recipient) without a reason")
      }
      copy.arrivals += 1
      copy.isRecorded = false
      copy.isExcused = replyIsLost
      contents.promises[name]?.copies[recipient] = copy
    }
  }

  /// What we put in front may be anything that ends a line; the rest is the client's, octet for octet.
  private static func ends(_ content: [UInt8], with sent: [UInt8]) -> Bool {
    content.count > sent.count && content.suffix(sent.count) == sent[...]
      && content.starts(with: "Received:".utf8)
      && content[content.count - sent.count - 1] == 0x0A
  }

  // MARK: The end

  /// After all has settled: each promise is kept or its sender was told. Where notices expire, a sender may
  /// know nothing of what was given up, and of nothing else.
  func close(noticesMayExpire: Bool) {
    contents.withLock { contents in
      let mayKnowNothing = noticesMayExpire && contents.hasLostNotice
      for (name, promise) in contents.promises.sorted(by: { $0.key < $1.key })
      where promise.word == .kept && !promise.mayBeRemoved {
        for (recipient, copy) in promise.copies.sorted(by: { $0.key < $1.key })
        where copy.arrivals == 0 && !copy.isReported && !(mayKnowNothing && copy.mayHaveFailed) {
          contents.violations.append("\(name) for \(recipient) was accepted and is lost")
        }
      }
    }
  }
}

extension Ledger.Promise {
  fileprivate mutating func excuseAll() {
    for recipient in copies.keys where copies[recipient]?.isRecorded == false {
      copies[recipient]?.isExcused = true
    }
  }
}

extension Ledger.Contents {
  /// A start found notices that nobody had told of: the commit that wrote them was the last of its life, and
  /// what it gave up is gone unseen.
  fileprivate mutating func mayHaveFailed(unless alive: Set<TraceID>) {
    for (id, name) in names.sorted(by: { $0.key < $1.key }) where !alive.contains(id) {
      guard var promise = promises[name], !promise.isFinished else { continue }
      for recipient in promise.copies.keys { promise.copies[recipient]?.mayHaveFailed = true }
      promises[name] = promise
    }
  }

  /// A notice names the message and the recipients that failed.
  fileprivate mutating func reported(_ notice: [UInt8], to sender: String) {
    let text = String(decoding: notice, as: UTF8.self)
    guard let mark = text.firstRange(of: "@sim>"),
      let start = text[..<mark.lowerBound].lastIndex(of: "<")
    else { return violations.append("a notice to \(sender) names no message") }
    let name = String(text[start..<mark.upperBound])
    guard let promise = promises[name] else {
      return violations.append("a notice names \(name), which nobody sent")
    }
    if promise.word == .refused, !promise.isUnknown {
      violations.append("\(name) was refused and a notice was sent")
    }
    for (recipient, copy) in promise.copies where text.contains(recipient) {
      if copy.isRecorded {
        violations.append("\(name) was delivered to \(recipient), and a notice says not")
      }
      promises[name]?.copies[recipient]?.isReported = true
    }
  }
}
