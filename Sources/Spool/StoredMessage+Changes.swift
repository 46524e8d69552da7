import Mail

// What a change does to a message's state: the one place, for the running spool and for recovery.
extension StoredMessage {
  package mutating func apply(_ change: Change) {
    switch change {
    case .attempted(let attempt):
      for result in attempt.results where recipients.indices.contains(result.recipient) {
        recipients[result.recipient] = result.state
      }
    case .held(let hold): self.hold = hold
    case .released(_, _, let at):
      hold = nil
      reschedule(at)
    case .rescheduled(let at, _): reschedule(at)
    case .removed:
      hold = nil
      for index in recipients.indices where !recipients[index].isFinal {
        recipients[index] = .removed
      }
    case .delayReported: delayReported = true
    case .amended(let amendment, _, _): amend(amendment)
    }
  }

  private mutating func reschedule(_ at: Timestamp) {
    for index in recipients.indices {
      guard case .queued(let attempts, _) = recipients[index] else { continue }
      recipients[index] = .queued(attempts: attempts, next: at)
    }
  }
}
