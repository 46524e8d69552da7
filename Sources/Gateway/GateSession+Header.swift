import Mail
import SMTP
import Settings
import Spool
import Synchronization

// What a message's header section must be before it is kept.
extension GateSession {
  /// RFC 5321 §6.3 wants at least 100 Received fields before a loop is assumed.
  private static let hopLimit = 100

  /// How often a message may have come through this very gate, whatever the total: more than any way
  /// through lists and forwarders needs, and a loop ends before it has filled a queue.
  private static let ownHopLimit = 8

  /// The reply that refuses the message for its header; nil when there is nothing against it.
  ///
  /// Only the draft's head is looked at. A section that goes on behind it is refused, or Received fields
  /// could hide there from the count, and every check that reads the header would see half of it.
  func refusal(of header: HeaderFields, _ draft: Draft) -> Reply? {
    if header.isTooMany {
      return Reply(554, .init(5, 6, 0), "Too many header fields [\(draft.id)]")
    }
    if !header.isEnded, draft.size > draft.head.count {
      return Reply(554, .init(5, 6, 0), "Header section too large [\(draft.id)]")
    }
    // The field that we have just put in front is one more.
    let hops = Hops(
      header, hostname: pipeline.settings.withLock { $0.hostname }, behind: draft.prefixSize)
    guard hops.all < Self.hopLimit, hops.own <= Self.ownHopLimit else {
      return Reply(554, .init(5, 4, 6), "Too many hops: a mail loop [\(draft.id)]")
    }
    return nil
  }
}
