// How the machine speaks: replies that stand in several places, counting of errors, the extension list.
extension ServerSession {
  static let helloFirst = Reply(503, .init(5, 5, 1), "Say EHLO first")
  static let mailFirst = Reply(503, .init(5, 5, 1), "Say MAIL first")
  static let recipientFirst = Reply(503, .init(5, 5, 1), "No valid recipients")

  /// The lines of EHLO's answer behind our name (RFC 5321 §4.1.1.1).
  var extensions: [String] {
    var lines = [
      "PIPELINING", "SIZE \(profile.limits.messageSize)", "8BITMIME", "SMTPUTF8",
      "ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME", "DSN",
      "LIMITS RCPTMAX=\(profile.limits.recipients) MAILMAX=\(profile.limits.transactions)",
    ]
    if profile.offersStartTLS, origin.tls == nil { lines.append("STARTTLS") }
    if origin.tls != nil { lines.append("REQUIRETLS") }
    if offersAuth, origin.account == nil {
      lines.append("AUTH \(profile.authMechanisms.joined(separator: " "))")
    }
    if trustsClientAttributes { lines.append("XCLIENT ADDR PORT NAME HELO PROTO LOGIN") }
    return lines
  }

  /// The next thing to read is a line; how long it may be depends on what it is.
  var nextLine: Step.Next {
    .readLine(limit: state == .authenticating ? authLineLimit : commandLineLimit)
  }

  func readLine() -> Step { Step(next: nextLine) }

  mutating func ask(_ question: Question, as pending: Pending) -> Step {
    self.pending = pending
    return Step(next: .ask(question))
  }

  /// A refusal by policy: the guard's own reply.
  mutating func refused(_ answer: Answer) -> Step {
    switch answer {
    case .refuse(let reply): return failed(reply)
    default: preconditionFailure("the guard gave an answer to another question")
    }
  }

  /// A reply that counts as an error of the client's; too many end the session.
  mutating func failed(_ reply: Reply) -> Step {
    summary.errors += 1
    guard summary.errors <= profile.limits.errors else {
      summary.fault = "too many errors"
      var step = tooMuch()
      step.replies.insert(reply, at: 0)
      return step
    }
    return Step(reply, next: nextLine)
  }

  /// A command that gets the client nowhere; too many end the session.
  mutating func idle(_ reply: Reply) -> Step {
    counts.idle += 1
    guard counts.idle <= profile.limits.idleCommands else { return tooMuch() }
    return Step(reply, next: nextLine)
  }

  mutating func tooMuch() -> Step {
    summary.fault = summary.fault ?? "too many commands"
    return dismiss(
      Reply(421, .init(4, 7, 0), "\(profile.hostname) Too many errors or idle commands, closing"))
  }

  mutating func dismiss(_ reply: Reply) -> Step {
    endTransaction()
    state = .closed
    return Step(reply, next: .close)
  }
}
