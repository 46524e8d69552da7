import Mail
import SMTP
import Spool
import Synchronization

/// Passwords that mail spoke of, for the encrypted attachments of the same sender: a Japanese office sends
/// the archive in one mail and its password in the next.
///
/// They are kept in memory for a day, so many of each sender, and never written anywhere: not to a log, not
/// to the journal, not to the disk. After a restart an archive whose password came before it waits for a
/// person.
final class PasswordDesk: Sendable {
  /// Who wrote to which of the domains.
  struct Correspondence: Hashable, Sendable {
    let sender: String
    let domain: String
  }

  /// Something that lets held mail be looked at again.
  struct News: Sendable {
    let of: Set<Correspondence>
    /// Messages that spoke of it themselves, and were opened with it already.
    let except: Set<TraceID>
  }

  private struct Words {
    var words: [String]
    var at: Timestamp
  }

  private struct Contents {
    var told: [Correspondence: Words] = [:]
    /// Held messages with something in them that could not be opened.
    var locked: [Correspondence: Set<TraceID>] = [:]
    var lockedCount = 0
  }

  private let contents = Mutex(Contents())
  /// One reader.
  let news: AsyncStream<News>
  private let tell: AsyncStream<News>.Continuation

  /// How long a password is remembered (DETECTION: 24 h); words of one sender, and senders.
  static let seconds = 86_400
  private static let wordLimit = 30
  private static let senderLimit = 5000
  /// Words that one message is given, beside its own.
  private static let givenLimit = 15
  private static let lockedLimit = 10_000
  /// Pieces of news that wait; older ones are dropped, and that mail waits for a person.
  private static let newsLimit = 1000

  init() {
    (news, tell) = AsyncStream.makeStream(
      of: News.self, bufferingPolicy: .bufferingNewest(Self.newsLimit))
  }

  /// What is tried on mail of these.
  func words(of all: Set<Correspondence>, at now: Timestamp) -> [String] {
    let told = contents.withLock { contents in all.compactMap { contents.told[$0] } }
    var words: [String] = []
    for entry in told.sorted(by: { $1.at < $0.at }) where now < entry.at + Self.seconds {
      for word in entry.words where !words.contains(word) { words.append(word) }
    }
    return Array(words.prefix(Self.givenLimit))
  }

  /// Remembers what `messages` spoke of, newest first, and says so.
  func note(
    _ words: [String], of all: Set<Correspondence>, by messages: Set<TraceID>, at now: Timestamp
  ) {
    guard !words.isEmpty else { return }
    contents.withLock { contents in
      for one in all {
        let old = contents.told[one]?.words ?? []
        let kept = words + old.filter { !words.contains($0) }
        contents.told[one] = Words(words: Array(kept.prefix(Self.wordLimit)), at: now)
      }
      if contents.told.count > Self.senderLimit { Self.forget(&contents, now) }
    }
    tell.yield(News(of: all, except: messages))
  }

  /// Lets held mail of these be looked at again.
  func ask(_ all: Set<Correspondence>) { tell.yield(News(of: all, except: [])) }

  /// What is old goes, and of the rest the older half.
  private static func forget(_ contents: inout Contents, _ now: Timestamp) {
    contents.told = contents.told.filter { now < $0.value.at + seconds }
    guard contents.told.count > senderLimit else { return }
    let times = contents.told.values.map(\.at).sorted()
    let middle = times[times.count / 2]
    contents.told = contents.told.filter { middle < $0.value.at }
  }

  // MARK: Held mail

  func noteLocked(_ id: TraceID, of all: Set<Correspondence>) {
    contents.withLock { contents in
      guard contents.lockedCount < Self.lockedLimit else { return }
      for one in all where contents.locked[one, default: []].insert(id).inserted {
        contents.lockedCount += 1
      }
    }
  }

  func locked(of all: Set<Correspondence>) -> Set<TraceID> {
    contents.withLock { contents in
      all.reduce(into: []) { $0.formUnion(contents.locked[$1] ?? []) }
    }
  }

  func noteGone(_ id: TraceID, of all: Set<Correspondence>) {
    contents.withLock { contents in
      for one in all where contents.locked[one]?.remove(id) != nil {
        contents.lockedCount -= 1
        if contents.locked[one]?.isEmpty == true { contents.locked[one] = nil }
      }
    }
  }
}

extension PasswordDesk.Correspondence {
  /// By the envelope's sender and by From: services that send passwords use either.
  static func all(
    _ envelope: Envelope, _ facts: HeaderFacts
  ) -> Set<PasswordDesk.Correspondence> {
    let senders = Set(
      [envelope.sender.mailbox.map { "\($0)" }, facts.from.flatMap(address)]
        .compactMap { $0?.lowercased() })
    let domains = Set(envelope.recipients.compactMap { $0.path.mailbox?.domain?.ascii })
    return Set(
      senders.flatMap { sender in
        domains.prefix(domainLimit).map { PasswordDesk.Correspondence(sender: sender, domain: $0) }
      })
  }

  /// Domains of one message's recipients that are looked at.
  private static let domainLimit = 20

  /// What stands in angle brackets, or the whole field.
  private static func address(_ field: String) -> String? {
    let bytes = Array(field.utf8)
    var address = bytes[...]
    if let open = bytes.lastIndex(of: 0x3C), let close = bytes[open...].firstIndex(of: 0x3E) {
      address = bytes[(open + 1)..<close]
    }
    let text = String(decoding: address.filter { $0 > 0x20 }, as: UTF8.self)
    return Mailbox(text).map { "\($0)" }
  }
}
