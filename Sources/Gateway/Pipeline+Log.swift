package import Delivery
import Journal
import Mail
import SMTP
package import Spool
import Synchronization

extension Pipeline {
  /// Delivery by the settings of the moment; the log is told every attempt, and `report` after it.
  package func makeDelivery(
    _ parts: DeliveryParts,
    report: @escaping @Sendable (StoredMessage, Attempt) -> Void = { _, _ in }
  ) -> Delivery {
    Delivery(
      parts, rules: { self.settings.withLock { DeliveryRules($0) } },
      report: { message, attempt in
        self.logAttempt(message, attempt)
        report(message, attempt)
      })
  }

  /// What the spool has on disk, told to the journal and to delivery.
  package func observed(_ event: SpoolEvent, _ delivery: Delivery) {
    journal(event)
    delivery.observed(event)
  }

  private func journal(_ event: SpoolEvent) {
    switch event {
    case .accepted(let message):
      let reasons = reasons.withLock { $0.removeValue(forKey: message.id) } ?? []
      journal.note(.accepted(message, reasons: reasons))
    case .changed(let message, let change): journal.note(.changed(message, change))
    }
  }

  func logAttempt(_ message: StoredMessage, _ attempt: Attempt) {
    for result in attempt.results {
      let word: String
      switch result.state {
      case .delivered:
        word = "delivered"
        counters.delivered.add(1, ordering: .relaxed)
      case .queued:
        word = "deferred"
        counters.deferred.add(1, ordering: .relaxed)
      case .failed, .removed:
        word = "failed"
        counters.failed.add(1, ordering: .relaxed)
      }
      log.write(
        word,
        [
          "id": "\(message.id)", "to": message.envelope.recipients[result.recipient].path.words,
          "by": attempt.destination, "remote": attempt.remote ?? "",
          "reply": result.reply?.words ?? "",
          "what": result.text, "tls": attempt.tls?.words ?? "",
        ])
    }
  }
}
