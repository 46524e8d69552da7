import Inspection

/// A trace as lines for the administrator, characters that could steer a terminal shown as `?`.
package struct TraceText: Sendable {
  private let trace: Trace

  package init(_ trace: Trace) { self.trace = trace }

  package var lines: [String] {
    let blocks = trace.messages.map(message) + trace.refusals.map(refusal)
    return blocks.joined(separator: [""]).map(Self.clean)
  }

  private func message(_ message: TracedMessage) -> [String] {
    var lines = ["\(message.id)  accepted \(message.acceptedAt)  \(message.size) octets"]
    let tls = message.tls.map { ", \($0)" } ?? ""
    let account = message.account.map { ", account \($0)" } ?? ""
    let hello = message.hello.map { " (\($0))" } ?? ""
    lines.append("  from \(message.sender) by \(message.client)\(hello)")
    lines.append("  through \(message.listener)\(tls)\(account)")
    if let id = message.messageID { lines.append("  Message-ID \(id)") }
    if let from = message.headerFrom { lines.append("  From: \(from)") }
    if let held = message.held { lines.append("  HELD: \(held)") }
    if let judgement = message.judgement { lines += Self.lines(judgement) }
    for recipient in message.recipients { lines += self.recipient(recipient) }
    for action in message.actions {
      let reason = action.reason.isEmpty ? "" : ": \(action.reason)"
      lines.append("  \(action.at)  \(action.what) by \(action.by)\(reason)")
    }
    return lines
  }

  private func recipient(_ recipient: TracedRecipient) -> [String] {
    let reason = recipient.reason.map { " (taken: \($0))" } ?? ""
    var state = recipient.state.uppercased()
    if let next = recipient.nextAttemptAt { state += ", next attempt \(next)" }
    var lines = ["  to \(recipient.address)\(reason): \(state)"]
    for attempt in recipient.attempts {
      let remote = attempt.remote.map { " at \($0)" } ?? ""
      let tls = attempt.tls.map { " \($0)" } ?? ""
      lines.append("    \(attempt.at)  \(attempt.state) by \(attempt.destination)\(remote)\(tls)")
      lines.append("      \(attempt.reply.map { "\($0)  [\(attempt.text)]" } ?? attempt.text)")
    }
    return lines
  }

  private func refusal(_ refusal: TracedRefusal) -> [String] {
    let account = refusal.account.map { ", account \($0)" } ?? ""
    let judgement = refusal.judgement.map(Self.lines) ?? []
    return [
      "\(refusal.id)  REFUSED \(refusal.at)",
      "  from \(refusal.sender) to \(refusal.recipient)",
      "  by \(refusal.client)\(refusal.hello.map { " (\($0))" } ?? "") through "
        + "\(refusal.listener)\(account)",
      "  \(refusal.reply)  [\(refusal.reason)]",
    ] + judgement
  }

  /// Findings shown; `--json` has them all.
  private static let findingLimit = 6

  /// `judged malicious (14): hold`, then the weightiest findings in both languages.
  private static func lines(_ judgement: Judgement) -> [String] {
    let score = Int(judgement.score.rounded())
    var lines = ["  judged \(judgement.verdict.rawValue) (score \(score)): \(judgement.action)"]
    for finding in judgement.findings.prefix(findingLimit) {
      let evidence = finding.evidence.isEmpty ? "" : " «\(finding.evidence)»"
      let path = finding.path.map { " in \($0)" } ?? ""
      lines.append("    \(finding.rule)\(path)\(evidence)")
      lines.append("      \(finding.sentence.en)")
      lines.append("      \(finding.sentence.ja)")
    }
    let more = judgement.findings.count - findingLimit
    if more > 0 { lines.append("    and \(more) more, see --json") }
    return lines
  }

  private static func clean(_ line: String) -> String {
    var clean = ""
    clean.unicodeScalars.append(
      contentsOf: line.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "?"
        default: scalar
        }
      })
    return clean
  }
}
