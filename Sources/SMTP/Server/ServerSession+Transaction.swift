import Mail

// MAIL, RCPT, DATA, BDAT, and what the guard says to each.
extension ServerSession {
  mutating func mail(_ path: ReversePath, _ parameters: MailParameters) -> Step {
    switch state {
    case .fresh, .waiting: return failed(Self.helloFirst)
    case .transaction, .chunks: return failed(Reply(503, .init(5, 5, 1), "Nested MAIL command"))
    case .chunksFailed: state = .ready
    default: break
    }
    if profile.requiresAuth, origin.account == nil {
      return failed(Reply(530, .init(5, 7, 0), "Authentication required"))
    }
    if let size = parameters.size, size > profile.limits.messageSize {
      return failed(ContentFault.tooLarge.reply)
    }
    if parameters.requireTLS, origin.tls == nil {
      // RFC 8689 §4.2.1: the tag may be used only where TLS was.
      return failed(Reply(530, .init(5, 7, 10), "REQUIRETLS needs TLS"))
    }
    guard counts.transactions < profile.limits.transactions else {
      return dismiss(Reply(421, .init(4, 5, 3), "Too many transactions, connect again"))
    }
    return ask(.sender(path, parameters), as: .sender(path, parameters))
  }

  mutating func recipient(_ recipient: Recipient) -> Step {
    switch state {
    case .fresh, .waiting: return failed(Self.helloFirst)
    case .transaction: break
    case .chunks, .chunksFailed: return failed(Reply(503, .init(5, 5, 1), "BDAT has begun"))
    default: return failed(Self.mailFirst)
    }
    guard let envelope else { return failed(Self.mailFirst) }
    if accepted.contains(recipient.path.folded) { return Self.taken(next: nextLine) }
    if let mailbox = recipient.path.mailbox, !envelope.parameters.utf8,
      !mailbox.localPart.utf8.allSatisfy({ $0 < 0x80 })
    {
      return failed(Reply(553, .init(5, 6, 7), "This address needs SMTPUTF8"))
    }
    guard envelope.recipients.count < profile.limits.recipients else {
      // RFC 5321 §4.5.3.1.10: 452, so that the client sends the rest in another transaction. It did
      // nothing wrong, so it does not count as an error: its piped group may be much longer than that.
      return Step(Reply(452, .init(4, 5, 3), "Too many recipients"), next: nextLine)
    }
    return ask(.recipient(recipient), as: .recipient(recipient))
  }

  mutating func data() -> Step {
    switch state {
    case .fresh, .waiting: return failed(Self.helloFirst)
    case .transaction: break
    case .chunks, .chunksFailed:
      return failed(Reply(503, .init(5, 5, 1), "DATA and BDAT can't be mixed"))
    default: return failed(Self.mailFirst)
    }
    if envelope?.parameters.body == .binaryMIME {
      return failed(Reply(503, .init(5, 5, 1), "BINARYMIME needs BDAT"))  // RFC 3030 §3
    }
    guard envelope?.recipients.isEmpty == false else { return failed(Self.recipientFirst) }
    return ask(.content, as: .content)
  }

  mutating func chunk(size: Int, last: Bool) -> Step {
    // RFC 3030 §2: the octets come whatever we think of the command.
    let received: Int
    switch state {
    case .transaction where envelope?.recipients.isEmpty == false: received = 0
    case .chunks(let before): received = before
    case .fresh, .waiting: return skip(size, Self.helloFirst)
    case .transaction: return skip(size, Self.recipientFirst)
    case .chunksFailed: return skip(size, Reply(503, .init(5, 5, 1), "BDAT failed before"))
    default: return skip(size, Self.mailFirst)
    }
    guard size <= profile.limits.messageSize - received else {
      endTransaction()
      state = last ? .ready : .chunksFailed
      return skip(size, ContentFault.tooLarge.reply)
    }
    if let sink {
      return readChunk(sink, size: size, last: last, received: received, isFirst: false)
    }
    return ask(.content, as: .chunk(size: size, last: last))
  }

  /// DATA's content has been read to its end.
  package mutating func contentEnded(_ end: ContentEnd) -> Step {
    guard case .violated(let fault) = end else { return ask(.acceptance, as: .acceptance) }
    summary.fault = "content refused: \(fault)"
    endTransaction()
    return failed(fault.reply)
  }

  /// A BDAT's octets have been read.
  package mutating func chunkEnded(size: Int, last: Bool, _ end: ContentEnd) -> Step {
    if case .violated(let fault) = end {
      summary.fault = "content refused: \(fault)"
      endTransaction()
      state = last ? .ready : .chunksFailed
      return failed(fault.reply)
    }
    if last { return ask(.acceptance, as: .acceptance) }
    return Step(Reply(250, .init(2, 0, 0), "\(size) octets received"), next: nextLine)
  }

  // MARK: Answers

  /// The guard has answered the question that was asked.
  package mutating func answered(_ answer: Answer) -> Step {
    guard let asked = pending else { preconditionFailure("nothing was asked") }
    pending = nil
    if state == .closed { return Step(next: .close) }
    if case .dismiss(let reply) = answer {
      summary.fault = summary.fault ?? "dismissed"
      return dismiss(reply)
    }
    switch asked {
    case .connection: return connectionAnswered(answer)
    case .sender(let path, let parameters): return senderAnswered(answer, path, parameters)
    case .recipient(let recipient): return recipientAnswered(answer, recipient)
    case .authentication: return authenticationAnswered(answer)
    case .authenticationCancelled:
      return failed(Reply(501, .init(5, 7, 0), "Authentication cancelled"))  // RFC 4954 §4
    case .content: return contentAnswered(answer)
    case .chunk(let size, let last): return chunkAnswered(answer, size: size, last: last)
    case .acceptance: return acceptanceAnswered(answer)
    }
  }

  private mutating func connectionAnswered(_ answer: Answer) -> Step {
    if case .refuse(let reply) = answer {
      summary.fault = "connection refused by policy"
      return dismiss(reply)
    }
    state = .fresh
    return Step(Reply(220, nil, "\(profile.hostname) ESMTP Kadomori"), next: nextLine)
  }

  private mutating func senderAnswered(
    _ answer: Answer, _ path: ReversePath, _ parameters: MailParameters
  ) -> Step {
    guard case .transaction(let id) = answer else { return refused(answer) }
    envelope = Envelope(sender: path, parameters: parameters)
    accepted = []
    transactionID = id
    counts.transactions += 1
    state = .transaction
    return Step(Reply(250, .init(2, 1, 0), "Sender ok"), next: nextLine)
  }

  private mutating func recipientAnswered(_ answer: Answer, _ recipient: Recipient) -> Step {
    guard case .proceed = answer else { return refused(answer) }
    envelope?.recipients.append(recipient)
    accepted.insert(recipient.path.folded)
    return Self.taken(next: nextLine)
  }

  private static func taken(next: Step.Next) -> Step {
    Step(Reply(250, .init(2, 1, 5), "Recipient ok"), next: next)
  }

  private mutating func contentAnswered(_ answer: Answer) -> Step {
    guard case .sink(let sink) = answer else {
      endTransaction()
      return refused(answer)
    }
    self.sink = sink
    state = .content
    return Step(Reply(354, nil, "End data with <CR><LF>.<CR><LF>"), next: .readContent(sink))
  }

  private mutating func chunkAnswered(_ answer: Answer, size: Int, last: Bool) -> Step {
    guard case .sink(let sink) = answer else {
      endTransaction()
      state = last ? .ready : .chunksFailed
      let step = refused(answer)
      return step.replies.first.map { skip(size, counted: true, $0) } ?? step
    }
    self.sink = sink
    return readChunk(sink, size: size, last: last, received: 0, isFirst: true)
  }

  private mutating func acceptanceAnswered(_ answer: Answer) -> Step {
    guard case .accepted(let reply) = answer else {
      endTransaction()
      return refused(answer)
    }
    summary.accepted += 1
    counts.idle = 0
    // The draft is the spool's now; the guard must not drop it.
    envelope = nil
    sink = nil
    transactionID = nil
    state = .ready
    return Step(reply, next: nextLine)
  }

  private mutating func readChunk(
    _ sink: any ContentSink, size: Int, last: Bool, received: Int, isFirst: Bool
  ) -> Step {
    state = .chunks(received: received + size)
    let binary = envelope?.parameters.body == .binaryMIME
    return Step(
      next: .readChunk(sink, size: size, last: last, binary: binary, isFirst: isFirst))
  }

  /// Swallows a refused BDAT's octets before its reply, so that both sides stay in step.
  private mutating func skip(_ size: Int, counted: Bool = false, _ reply: Reply) -> Step {
    if !counted { summary.errors += 1 }
    if summary.errors > profile.limits.errors || size > Self.largestSkip { return dismiss(reply) }
    return Step(next: .skipChunk(size: size, reply: reply))
  }

  /// Octets of a refused chunk that we read to stay in step; beyond it the connection is closed.
  private static let largestSkip = 256 * 1024 * 1024

  // MARK: Ends

  /// Forgets the transaction and tells the guard, if there was one.
  mutating func endTransaction() {
    guard envelope != nil else { return }
    envelope = nil
    sink = nil
    transactionID = nil
    state = .ready
    sessionGuard.transactionEnded()
  }
}

extension ForwardPath {
  /// The path as repeated recipients are compared: local parts without case.
  ///
  /// RFC 5321 has no rule for a recipient named twice, and case in a local part may matter to its host
  /// (§2.4). In the field every server delivers a repeated recipient once, and none has told `Taro` from
  /// `taro` for decades; two copies would only be a nuisance that a client's list makes.
  fileprivate var folded: ForwardPath {
    guard let mailbox else { return self }
    let name = mailbox.localPart.lowercased()
    return ForwardPath(
      mailbox: Mailbox(localPart: name, host: mailbox.host), sourceRoute: sourceRoute)
  }
}
