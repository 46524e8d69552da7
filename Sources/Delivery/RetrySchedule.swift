package import Mail

/// When a recipient is tried again after a temporary failure: the wait doubles from `first` up to
/// `longest`, until the message is older than `expiry`. Seconds.
package struct RetrySchedule: Hashable, Sendable {
  package var first: Int
  package var longest: Int
  package var expiry: Int

  package init(first: Int = 300, longest: Int = 3600, expiry: Int = 5 * 86_400) {
    self.first = first
    self.longest = longest
    self.expiry = expiry
  }

  /// The next attempt after `attempts` failed ones; nil when the message's time is over.
  package func next(after attempts: Int, acceptedAt: Timestamp, now: Timestamp) -> Timestamp? {
    guard now < acceptedAt + expiry else { return nil }
    let wait = min(longest, first << min(max(attempts - 1, 0), 20))
    return min(now + wait, acceptedAt + expiry)
  }
}
