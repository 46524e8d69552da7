import Mail
import SMTP
import Spool

// Final delivery into Maildirs, piece by piece: a long message never stands in memory.
extension Courier {
  func maildir(_ template: String, _ trip: inout Trip) async {
    let maildir = Maildir(
      template: template, hostname: hostname, files: spool.fileSystem, folders: folders)
    var words: [Word] = []
    for index in trip.recipients {
      let outcome = await deliver(trip.message, index, maildir)
      if case .unreadable(let why) = outcome { trip.unreadable = why }
      words.append(word(outcome, maildir, trip.message.envelope.recipients[index].path.mailbox))
    }
    trip.words = words
    trip.isFinalDelivery = true
  }

  private enum MaildirOutcome: Sendable {
    case delivered
    case failed(String)
    case unreadable(String)
  }

  private func word(_ outcome: MaildirOutcome, _ maildir: Maildir, _ mailbox: Mailbox?) -> Word {
    switch outcome {
    case .delivered: .delivered(nil, "into \(maildir.path(for: mailbox))")
    case .failed(let why): .later(nil, EnhancedStatus(4, 3, 0), why)
    case .unreadable(let why):
      .later(nil, EnhancedStatus(4, 3, 0), "can't read the content: \(why)")
    }
  }

  private func deliver(
    _ message: StoredMessage, _ index: Int, _ maildir: Maildir
  ) async -> MaildirOutcome {
    let mailbox = message.envelope.recipients[index].path.mailbox
    let name = "\(message.acceptedAt.seconds).\(message.id)_\(index)"
    let isBinary = message.envelope.parameters.body == .binaryMIME
    let begin = { @Sendable in
      maildir.begin(
        sender: message.envelope.sender, recipient: mailbox, name: name, isBinary: isBinary)
    }
    if let body = spool.warmBody(of: message.id) {
      // All in one go on the other thread.
      return await blocking.run {
        switch begin() {
        case .failure(let fault): return .failed(fault.words)
        case .success(var file):
          if let fault = file.write(body) {
            file.abandon()
            return .failed(fault.words)
          }
          return file.finish().map { .failed($0.words) } ?? .delivered
        }
      }
    }
    switch await blocking.run(begin) {
    case .failure(let fault): return .failed(fault.words)
    case .success(let file): return await fill(file, message.id)
    }
  }

  private func fill(_ begun: MaildirFile, _ id: TraceID) async -> MaildirOutcome {
    var file = begun
    let body = spool.body(of: id)
    do {
      while let piece = try await body.next() {
        let before = file
        let (after, fault) = await blocking.run {
          var file = before
          let fault = file.write(piece)
          return (file, fault)
        }
        file = after
        if let fault {
          file.abandon()
          return .failed(fault.words)
        }
      }
    } catch {
      file.abandon()
      if let damage = error as? UnreadableBody { return .unreadable("\(damage)") }
      return .failed("\(error)")
    }
    let last = file
    return await blocking.run {
      var file = last
      return file.finish().map { .failed($0.words) } ?? .delivered
    }
  }
}
