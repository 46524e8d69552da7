package import Mail
package import SMTP
import Synchronization

// What the spool has, for those who ask.
extension Spool {
  /// A message's present state; nil when it is finished or was never here.
  package func message(_ id: TraceID) -> StoredMessage? { index.withLock { $0.message(id) } }

  /// The names of everything that is not finished, oldest first. Reading all messages at once would
  /// unpack a queue of 200,000; who needs them asks one by one.
  package var identifiers: [TraceID] { index.withLock { Array($0.entries.keys) }.sorted() }

  /// Everything that is not finished. Unpacks all of it: for tests and small queues.
  package var messages: [StoredMessage] { identifiers.compactMap { message($0) } }

  /// When each message is due; nil for what is held.
  package var schedule: [(id: TraceID, dueAt: Timestamp?)] {
    index.withLock { index in index.entries.map { ($0.key, $0.value.dueAt) } }
  }

  /// When a message is due; nil for what is held, finished or unknown.
  package func dueAt(_ id: TraceID) -> Timestamp? { index.withLock { $0.entries[id]?.dueAt } }

  package var count: Int { index.withLock { $0.entries.count } }
  /// The messages that wait for a person, oldest first.
  package var heldIdentifiers: [TraceID] {
    index.withLock { $0.entries.filter { $0.value.isHeld }.map(\.key) }.sorted()
  }

  package var heldCount: Int { index.withLock { $0.heldCount } }
  /// When the oldest message came.
  package var oldest: Timestamp? { index.withLock { $0.oldest } }

  /// A message's bytes where they are still in memory.
  package func warmBody(of id: TraceID) -> [UInt8]? { index.withLock { $0.warmBody(id) } }

  /// This message waits at a door: others may have its room in memory. It is read from the disk then.
  package func letCool(_ id: TraceID) { index.withLock { $0.letCool(id) } }

  /// Whether a message is here and not finished.
  package func has(_ id: TraceID) -> Bool { index.withLock { $0.entries[id] != nil } }

  /// Reads a message's bytes in pieces, and checks them against the checksum at the end.
  package func body(of id: TraceID) -> any BodyReader { SpooledBody(id: id, spool: self) }
}
