import Delivery
import Foundation
import Mail
import SMTP
import Spool

/// Answers the command line's requests about the queue and the gate.
final class ControlDesk: Sendable {
  private let pipeline: Pipeline
  private let delivery: Delivery
  private let status: @Sendable () -> GateStatus

  init(
    pipeline: Pipeline, delivery: Delivery, status: @escaping @Sendable () -> GateStatus
  ) {
    self.pipeline = pipeline
    self.delivery = delivery
    self.status = status
  }

  /// One request line in, one answer line out.
  func respond(to line: [UInt8], _ answer: @escaping @Sendable ([UInt8]) -> Void) {
    let request: ControlRequest
    do {
      request = try JSONDecoder().decode(ControlRequest.self, from: Data(line))
    } catch {
      return answer(Self.encoded(ControlAnswer(error: "not a request of this version")))
    }
    switch request.command {
    case .status: answer(Self.encoded(ControlAnswer(status: status())))
    case .list: answer(Self.encoded(list(request)))
    case .show, .hold, .release, .retry, .remove: act(request, answer)
    }
  }

  private static func encoded(_ answer: ControlAnswer) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(answer)).map(Array.init) ?? Array("{}".utf8)
  }

  private func list(_ request: ControlRequest) -> ControlAnswer {
    let all = request.onlyHeld ? pipeline.spool.heldIdentifiers : pipeline.spool.identifiers
    return ControlAnswer(
      messages: queued(Array(all.prefix(max(0, request.limit)))), total: all.count)
  }

  /// Those of the messages that are still in the queue, as they stand now.
  private func queued(_ ids: [TraceID]) -> [QueuedMessage] {
    let (now, pause) = (pipeline.clock.now(), delivery.pauses())
    return ids.compactMap { pipeline.spool.message($0) }.map {
      QueuedMessage($0, now: now, pause: pause)
    }
  }

  private func act(_ request: ControlRequest, _ answer: @escaping @Sendable ([UInt8]) -> Void) {
    var messages: [StoredMessage] = []
    for word in request.ids {
      guard let id = TraceID(word), let message = pipeline.spool.message(id) else {
        let error = "no message \(word) in the queue; kadomori trace \(word) knows finished ones"
        return answer(Self.encoded(ControlAnswer(error: error)))
      }
      if request.command == .release || request.onlyHeld, message.hold == nil {
        let error = "message \(word) is not held; nothing was done"
        return answer(Self.encoded(ControlAnswer(error: error)))
      }
      messages.append(message)
    }
    if request.command == .release, let password = request.password {
      return reopen(messages, password, request, answer)
    }
    let now = pipeline.clock.now()
    let entries = messages.compactMap { message in
      Self.change(request, now).map { SpoolEntry.change(message.id, $0) }
    }
    let ids = messages.map(\.id)
    let answerWith = { @Sendable [self] (error: String?) in
      answer(Self.encoded(ControlAnswer(error: error, messages: queued(ids))))
    }
    guard !entries.isEmpty else { return answerWith(nil) }
    pipeline.spool.commit(entries) { [self] result in
      switch result {
      case .success:
        log(request, ids)
        answerWith(nil)
      case .failure(let failure): answerWith("can't record it: \(failure)")
      }
    }
  }

  private func log(_ request: ControlRequest, _ ids: [TraceID]) {
    for id in ids {
      pipeline.log.write(
        "by-hand",
        ["id": "\(id)", "what": request.command.rawValue, "by": request.by, "why": request.reason])
    }
  }

  /// Inspects held messages with a password; those that then pass are released.
  private func reopen(
    _ messages: [StoredMessage], _ password: String, _ request: ControlRequest,
    _ answer: @escaping @Sendable ([UInt8]) -> Void
  ) {
    let reopening = Pipeline.Reopening(
      passwords: [password], by: request.by, reason: request.reason, isAsked: true)
    Task(executorPreference: pipeline.judging) { [self] in
      var kept: [String] = []
      for message in messages {
        guard let why = await pipeline.reopen(message, reopening) else { continue }
        kept.append("\(message.id) stays held: \(why)")
      }
      let error = kept.isEmpty ? nil : kept.joined(separator: "\n")
      answer(Self.encoded(ControlAnswer(error: error, messages: queued(messages.map(\.id)))))
    }
  }

  private static func change(_ request: ControlRequest, _ now: Timestamp) -> Change? {
    switch request.command {
    case .hold: .held(Hold(reason: request.reason, by: request.by, at: now))
    case .release: .released(by: request.by, reason: request.reason, at: now)
    case .retry: .rescheduled(at: now, by: request.by)
    case .remove: .removed(by: request.by, reason: request.reason, at: now)
    case .status, .list, .show: nil
    }
  }
}

extension QueuedMessage {
  /// `pause` says until when and why the destination of an address is left alone.
  init(
    _ message: StoredMessage, now: Timestamp,
    pause: (Mailbox?) -> (until: Timestamp, why: String)?
  ) {
    id = "\(message.id)"
    acceptedAt = message.acceptedAt.iso8601
    ageSeconds = Int(now.seconds - message.acceptedAt.seconds)
    size = message.size
    sender = message.envelope.senderWords
    client = "\(message.origin.address)"
    account = message.origin.account
    messageID = message.facts.messageID
    held = message.hold.map { "\($0.reason) (by \($0.by), \($0.at.iso8601))" }
    recipients = zip(message.envelope.recipients, message.recipients).map { recipient, state in
      let address = recipient.path.words
      switch state {
      case .queued(let attempts, let next):
        let paused = pause(recipient.path.mailbox)
        return QueuedRecipient(
          address: address, state: "queued", attempts: attempts, nextAttemptAt: next.iso8601,
          pausedUntil: paused?.until.iso8601, pausedWhy: paused?.why)
      case .delivered: return QueuedRecipient(address: address, state: "delivered")
      case .failed: return QueuedRecipient(address: address, state: "failed")
      case .removed: return QueuedRecipient(address: address, state: "removed")
      }
    }
  }
}
