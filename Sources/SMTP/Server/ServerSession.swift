import Mail

/// The server's side of one SMTP conversation, as a value: it knows no socket, clock, disk or policy.
///
///                 connected            EHLO/HELO           MAIL              RCPT
///     ┌─────────┐ proceed  ┌────────┐          ┌───────┐          ┌────────┐       ┌────────────┐
///     │ waiting │ ───────▶ │ fresh  │ ───────▶ │ ready │ ───────▶ │ sender │ ────▶ │ recipients │
///     └─────────┘          └────────┘          └───────┘          └────────┘       └────────────┘
///                              ▲ STARTTLS, XCLIENT  ▲                                │ DATA  │ BDAT
///                              └────────────────────┤   accepted, refused, RSET      ▼       ▼
///                                                   └──────────────────────────── content, chunks
///
/// Invariants:
/// 1. One question at a time: after `.ask` the next call is `answered`, and nothing is read meanwhile.
/// 2. Recipients exist only together with a sender, content only together with recipients.
/// 3. After STARTTLS nothing that was said in clear is remembered (RFC 3207 §4.2).
/// 4. A BDAT's octets are always consumed before its reply, also where it is refused (RFC 3030 §2).
/// 5. Every way out of a transaction tells the guard (`endTransaction`).
package struct ServerSession: Sendable {
  enum State: Hashable, Sendable {
    /// Before the greeting was allowed.
    case waiting
    /// Greeted, no HELO yet (or forgotten by STARTTLS).
    case fresh
    case ready
    /// MAIL accepted; with at least one recipient it may go on to content.
    case transaction
    /// DATA: content is being read.
    case content
    /// At least one BDAT was taken; only BDAT, RSET, NOOP and QUIT may follow.
    case chunks(received: Int)
    /// A BDAT failed: the rest of its kind is swallowed until RSET, MAIL or EHLO (RFC 3030 §2).
    case chunksFailed
    /// Inside an AUTH exchange: lines are responses.
    case authenticating
    case closed
  }

  /// What the pending question was about. The large ones stand apart: most connections ask nothing.
  enum Pending: Hashable, Sendable {
    case connection
    indirect case sender(ReversePath, MailParameters)
    indirect case recipient(Recipient)
    case authentication
    case authenticationCancelled
    case content
    case chunk(size: Int, last: Bool)
    case acceptance
  }

  package private(set) var origin: Origin
  package internal(set) var envelope: Envelope?
  /// The envelope's recipients, folded; a repeated one is answered 250 and kept once, as it first came.
  var accepted: Set<ForwardPath> = []
  package internal(set) var summary = SessionSummary()
  /// The accepted transaction's name, for the log.
  package internal(set) var transactionID: TraceID?
  let profile: ServerProfile
  package let sessionGuard: any SessionGuard
  let parser: CommandParser
  var state = State.waiting
  var pending: Pending?
  var sink: (any ContentSink)?
  var counts = Counts()
  private var isOver = false
  /// Whether the peer may say XCLIENT.
  let trustsClientAttributes: Bool

  struct Counts: Hashable, Sendable {
    var idle = 0
    var transactions = 0
    var authFailures = 0
  }

  package init(
    profile: ServerProfile, origin: Origin, guard sessionGuard: any SessionGuard,
    trustsClientAttributes: Bool = false
  ) {
    self.profile = profile
    self.origin = origin
    self.sessionGuard = sessionGuard
    self.trustsClientAttributes = trustsClientAttributes
    parser = CommandParser()
  }

  // MARK: Events

  /// The connection stands (and its PROXY header was read).
  package mutating func connected() -> Step { ask(.connection, as: .connection) }

  /// A line has come, CRLF removed. `moreFollows` says that further octets were already buffered
  /// behind it: pipelining, which some commands forbid (RFC 2920 §3.1).
  package mutating func received(_ line: ArraySlice<UInt8>, moreFollows: Bool) -> Step {
    precondition(pending == nil, "a question is still open")
    if state == .authenticating { return authenticationLine(line) }
    summary.commands += 1
    let command: Command
    do {
      command = try parser.parse(line)
    } catch {
      return unreadable(line, error)
    }
    if moreFollows, let step = refusePipelining(after: command) { return step }
    return perform(command)
  }

  /// A line exceeded the limit that `.readLine` named.
  package mutating func receivedTooLongLine() -> Step {
    if state == .authenticating {
      state = .ready
      return failed(Reply(500, .init(5, 5, 6), "Authentication exchange line is too long"))
    }
    return failed(Reply(500, .init(5, 5, 2), "Line too long"))
  }

  /// A command line held a bare CR, a bare LF or a NUL.
  package mutating func receivedBareNewline() -> Step {
    summary.fault = "bare CR or LF in a command"
    return dismiss(Reply(521, .init(5, 5, 2), "Lines must end with CRLF"))
  }

  /// The client spoke before it was greeted (RFC 5321 §4.3.1).
  package mutating func spokeTooEarly() -> Step {
    summary.fault = "talked before the greeting"
    return dismiss(Reply(554, .init(5, 5, 1), "Talking before the greeting is refused"))
  }

  /// The time for the present stage is over.
  package mutating func timedOut(_ stage: String) -> Step {
    summary.fault = "timed out: \(stage)"
    return dismiss(Reply(421, .init(4, 4, 2), "\(profile.hostname) Timed out, closing"))
  }

  /// The gate closes down.
  package mutating func shuttingDown() -> Step {
    dismiss(Reply(421, .init(4, 3, 2), "\(profile.hostname) Service is closing, try again soon"))
  }

  /// The handshake is done; everything said in clear is forgotten (RFC 3207 §4.2).
  package mutating func tlsStarted(_ facts: TLSFacts) -> Step {
    endTransaction()
    origin.tls = facts
    origin.hello = nil
    origin.isExtended = false
    if state != .waiting { state = .fresh }
    return readLine()
  }

  /// The connection is gone, whoever closed it.
  package mutating func disconnected() {
    guard !isOver else { return }
    isOver = true
    if case .content = state { summary.fault = "connection lost in the content" }
    endTransaction()
    state = .closed
    sessionGuard.connectionEnded(origin, summary)
  }

  /// Remembers what went wrong below the conversation: a reset, a failed handshake.
  package mutating func noteFault(_ words: String) { summary.fault = summary.fault ?? words }

  /// Ends the session with this reply.
  package mutating func dismissed(_ reply: Reply) -> Step { dismiss(reply) }

  /// Whether a transaction is under way: a drain waits for it.
  package var isInTransaction: Bool {
    switch state {
    case .transaction, .content, .chunks: true
    default: pending == .acceptance
    }
  }

  // MARK: Commands

  private mutating func perform(_ command: Command) -> Step {
    switch command {
    case .hello(let name): return hello(name, extended: false)
    case .extendedHello(let name): return hello(name, extended: true)
    case .mail(let path, let parameters): return mail(path, parameters)
    case .recipient(let path, let notify, let original):
      return recipient(Recipient(path: path, notify: notify, original: original))
    case .data: return data()
    case .chunk(let size, let last): return chunk(size: size, last: last)
    case .authenticate(let mechanism, let initial):
      return authenticate(mechanism: mechanism, initial: initial)
    case .startTLS: return startTLS()
    case .clientAttributes(let attributes): return clientAttributes(attributes)
    default: return perform(aside: command)
    }
  }

  /// Commands that leave the transaction as it is, or end it without asking.
  private mutating func perform(aside command: Command) -> Step {
    switch command {
    case .quit:
      endTransaction()
      state = .closed
      return Step(Reply(221, .init(2, 0, 0), "\(profile.hostname) Bye"), next: .close)
    case .reset:
      endTransaction()
      if state != .fresh { state = .ready }
      return idle(Reply(250, .init(2, 0, 0), "Ok"))
    case .noop: return idle(Reply(250, .init(2, 0, 0), "Ok"))
    case .help: return idle(Reply(214, .init(2, 0, 0), "See RFC 5321"))
    // Whether a mailbox exists is told to nobody (RFC 5321 §7.3).
    case .verify: return idle(Reply(252, .init(2, 5, 0), "Send some mail and see"))
    case .unknown(let verb) where Self.isForeignProtocol(verb):
      summary.fault = "not SMTP: \(verb)"
      return dismiss(Reply(421, .init(4, 7, 0), "\(profile.hostname) This is an SMTP server"))
    case .unknown: return failed(Reply(500, .init(5, 5, 2), "Command unknown"))
    default: return failed(Reply(502, .init(5, 5, 1), "Command not implemented"))
    }
  }

  /// A browser or a script made to talk to us by somebody else's page.
  private static func isForeignProtocol(_ verb: String) -> Bool {
    ["GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS"].contains(verb)
  }

  private mutating func hello(_ name: HelloName, extended: Bool) -> Step {
    endTransaction()
    origin.hello = name
    origin.isExtended = extended
    state = .ready
    counts.idle += 1
    if counts.idle > profile.limits.idleCommands { return tooMuch() }
    guard extended else { return Step(Reply(250, nil, profile.hostname), next: nextLine) }
    return Step(
      Reply(code: 250, status: nil, lines: [profile.hostname] + extensions), next: nextLine)
  }

  private mutating func startTLS() -> Step {
    guard profile.offersStartTLS else {
      return failed(Reply(502, .init(5, 5, 1), "STARTTLS is not offered"))
    }
    guard origin.tls == nil else {
      return failed(Reply(503, .init(5, 5, 1), "TLS is already active"))
    }
    guard state == .ready || state == .fresh else {
      return failed(Reply(503, .init(5, 5, 1), "STARTTLS is not allowed in a transaction"))
    }
    return Step(Reply(220, .init(2, 0, 0), "Ready to start TLS"), next: .startTLS)
  }

  private mutating func clientAttributes(_ attributes: [ClientAttribute]) -> Step {
    guard trustsClientAttributes else {
      return failed(Reply(550, .init(5, 7, 0), "XCLIENT is for named peers only"))
    }
    guard state == .ready || state == .fresh else {
      return failed(Reply(503, .init(5, 5, 1), "XCLIENT is not allowed in a transaction"))
    }
    guard let changed = origin.applying(attributes) else {
      return failed(Reply(501, .init(5, 5, 4), "Bad XCLIENT attribute"))
    }
    origin = changed
    state = .waiting
    return ask(.connection, as: .connection)
  }

  mutating func authenticated(as account: String) {
    origin.account = account
  }

  // MARK: Pipelining

  /// Commands that must be last in a group because their answer changes what follows
  /// (RFC 2920 §3.1, RFC 3207 §4, RFC 4954 §4). What is piped behind STARTTLS is dropped by Transport.
  private mutating func refusePipelining(after command: Command) -> Step? {
    switch command {
    case .data, .authenticate, .hello, .extendedHello, .clientAttributes: break
    case .startTLS, .chunk, .quit: return nil
    default: if origin.isExtended { return nil }
    }
    summary.fault = "pipelining past the rules"
    return dismiss(Reply(503, .init(5, 5, 0), "Improper use of SMTP command pipelining"))
  }

  private mutating func unreadable(_ line: ArraySlice<UInt8>, _ error: CommandError) -> Step {
    // Nobody knows how many octets follow a BDAT that can't be read, so the conversation is lost.
    let verb = line.prefix(4).map { $0 & 0xDF }
    if verb == Array("BDAT".utf8) {
      summary.fault = "unreadable BDAT"
      return dismiss(error.reply)
    }
    return failed(error.reply)
  }
}
