import Mail
import SMTP

// A change's record: which message, what happened.
extension Change {
  func write(_ writer: inout RecordWriter) {
    switch self {
    case .attempted(let attempt):
      writer.byte(0)
      attempt.write(&writer)
    case .held(let hold):
      writer.byte(1)
      writer.write(hold)
    case .released(let by, let reason, let at):
      writer.byte(7)
      writer.text(by)
      writer.text(reason)
      writer.time(at)
    case .rescheduled(let at, let by):
      writer.byte(3)
      writer.time(at)
      writer.text(by)
    case .removed(let by, let reason, let at):
      writer.byte(4)
      writer.text(by)
      writer.text(reason)
      writer.time(at)
    case .delayReported(let at):
      writer.byte(5)
      writer.time(at)
    case .amended(let amendment, let by, let at):
      writer.byte(6)
      writer.write(amendment)
      writer.text(by)
      writer.time(at)
    }
  }

  init(_ reader: inout RecordReader) throws(RecordDamage) {
    switch try reader.byte() {
    case 0: self = .attempted(try Attempt(&reader))
    case 1: self = .held(try reader.hold())
    // As it was before reasons were kept.
    case 2: self = .released(by: try reader.text(), reason: "", at: try reader.time())
    case 3: self = .rescheduled(at: try reader.time(), by: try reader.text())
    case 4:
      self = .removed(by: try reader.text(), reason: try reader.text(), at: try reader.time())
    case 5: self = .delayReported(at: try reader.time())
    case 6:
      self = .amended(try reader.amendment(), by: try reader.text(), at: try reader.time())
    case 7:
      self = .released(by: try reader.text(), reason: try reader.text(), at: try reader.time())
    default: throw RecordDamage()
    }
  }
}

extension Attempt {
  func write(_ writer: inout RecordWriter) {
    writer.time(startedAt)
    writer.time(endedAt)
    writer.text(destination)
    writer.optional(remote) { $0.text($1) }
    writer.optional(tls) { $0.write($1) }
    writer.list(results) { writer, result in
      writer.number(result.recipient)
      writer.write(result.state)
      writer.optional(result.reply) { $0.write($1) }
      writer.text(result.text)
    }
  }

  init(_ reader: inout RecordReader) throws(RecordDamage) {
    self.init(
      startedAt: try reader.time(), endedAt: try reader.time(), destination: try reader.text(),
      remote: try reader.optional { (r) throws(RecordDamage) in try r.text() },
      tls: try reader.optional { (r) throws(RecordDamage) in try r.tlsFacts() },
      results: try reader.list { (r) throws(RecordDamage) in try r.result() })
  }
}

extension RecordWriter {
  mutating func write(_ reply: Reply) {
    number(reply.code)
    optional(reply.status) { writer, status in
      writer.byte(status.category)
      writer.number(status.subject)
      writer.number(status.detail)
    }
    list(reply.lines) { $0.text($1) }
  }
}

extension RecordReader {
  mutating func result() throws(RecordDamage) -> RecipientResult {
    RecipientResult(
      recipient: Int(truncatingIfNeeded: try number()), state: try recipientState(),
      reply: try optional { (r) throws(RecordDamage) in try r.reply() }, text: try text())
  }

  private mutating func reply() throws(RecordDamage) -> Reply {
    let code = Int(truncatingIfNeeded: try number())
    guard (200...599).contains(code) else { throw RecordDamage() }
    let status = try optional { (r) throws(RecordDamage) in
      EnhancedStatus(
        try r.byte(), UInt16(truncatingIfNeeded: try r.number()),
        UInt16(truncatingIfNeeded: try r.number()))
    }
    return Reply(
      code: code, status: status, lines: try list { (r) throws(RecordDamage) in try r.text() })
  }
}
