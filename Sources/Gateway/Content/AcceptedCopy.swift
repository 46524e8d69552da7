import Mail
import Policy
import SMTP
import Spool

/// One stored message of those that a message becomes: recipients for whom the same is done share one.
struct AcceptedCopy: Sendable {
  let draft: Draft
  let action: Action
  /// Places in the envelope.
  let recipients: [Int]
  let amendment: Amendment
  /// Why it waits for a person; nil where it goes on.
  let hold: String?
}
