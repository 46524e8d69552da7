/// Answers what a session machine may not decide itself: who may speak, send, receive, and whether a
/// message is kept. One guard a connection; the machine asks one question at a time.
///
/// Checks report, the policy decides, the session speaks: the guard returns the reply, the session
/// machine sends it. `answer` may be called back at once or later, on any thread, exactly once.
package protocol SessionGuard: AnyObject, Sendable {
  func ask(
    _ question: Question, origin: Origin, envelope: Envelope?,
    answer: @escaping @Sendable (Answer) -> Void)

  /// RSET, a new greeting, or a transaction that failed: what was drafted is dropped.
  func transactionEnded()

  /// The connection is gone; whatever is still asked is answered to nobody.
  func connectionEnded(_ origin: Origin, _ summary: SessionSummary)
}

/// What the session machine asks its guard.
package enum Question: Sendable {
  /// A client connected (or XCLIENT made it another): may it speak?
  case connection
  case sender(ReversePath, MailParameters)
  case recipient(Recipient)
  /// AUTH with its mechanism, upper-cased, and the initial response if there was one.
  case authentication(mechanism: String, initialResponse: [UInt8]?)
  case authenticationResponse([UInt8])
  /// The client gave the exchange up with `*`.
  case authenticationCancelled
  /// DATA or the first BDAT: where shall the content go?
  case content
  /// All content has come: is it accepted?
  case acceptance
}

/// What the guard answers.
package enum Answer: Sendable {
  case proceed
  /// The MAIL was accepted; the transaction has this name from now on.
  case transaction(TraceID)
  case challenge([UInt8])
  case authenticated(account: String)
  /// The content goes there.
  case sink(any ContentSink)
  /// The message is on disk: the reply names it.
  case accepted(Reply)
  case refuse(Reply)
  /// Refuse and close the connection.
  case dismiss(Reply)
}

/// Takes a message's content as it comes, dots unstuffed.
package protocol ContentSink: AnyObject, Sendable {
  /// False when the sink wants no more until it calls `resume` back, once, on any thread.
  func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool
}

/// How a connection went, for the journal and the log.
package struct SessionSummary: Hashable, Sendable {
  package var commands = 0
  package var errors = 0
  package var accepted = 0
  /// The last thing that went wrong, in words; nil for a clean QUIT.
  package var fault: String?

  package init() {}
}
