import Mail
import Settings
import Spool
import Synchronization

extension Hold {
  /// Who holds mail for its verdict; such a hold ends by itself after `hold.keep`, a person's never does.
  static let policy = "policy"
}

extension Pipeline {
  /// Held messages removed with one commit.
  private static let removalLimit = 1000

  /// Removes what policy held and nobody asked for in time.
  func removeOldHolds() {
    let now = clock.now()
    let seconds = settings.withLock { $0.holdSeconds }
    let old = spool.heldIdentifiers.filter { id in
      guard let hold = spool.message(id)?.hold, hold.by == Hold.policy else { return false }
      return hold.at + seconds < now
    }
    for start in stride(from: 0, to: old.count, by: Self.removalLimit) {
      let batch = old[start..<min(start + Self.removalLimit, old.count)]
      let entries = batch.map { id in
        SpoolEntry.change(
          id, .removed(by: Hold.policy, reason: "held longer than hold.keep says", at: now))
      }
      // What can't be recorded now is looked at again in an hour.
      spool.commit(entries) { _ in }
    }
  }
}
