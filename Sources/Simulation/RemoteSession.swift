import SMTP

/// The next hop's side of one connection: takes commands and content as octets, says replies as octets.
struct RemoteSession: Sendable {
  private enum State: Sendable {
    case commands
    case content(ContentDecoder, [UInt8])
  }

  /// What it is like today; counts are times in a thousand.
  struct Mood: Sendable {
    var temporary = 0
    var permanent = 0
    /// The reply to content is lost on its way.
    var lostReply = 0
  }

  private let scheduler: Scheduler
  private let ledger: Ledger
  private let mood: Mood
  private let speaksLMTP: Bool
  private var state = State.commands
  private var buffer: [UInt8] = []
  /// Nil before MAIL.
  private var sender: String?
  private var recipients: [String] = []
  /// It has accepted a message and will say so to nobody.
  private(set) var isGone = false

  init(_ scheduler: Scheduler, ledger: Ledger, mood: Mood, speaksLMTP: Bool) {
    self.scheduler = scheduler
    self.ledger = ledger
    self.mood = mood
    self.speaksLMTP = speaksLMTP
  }

  /// Octets have come; what it says to them.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    buffer += bytes
    var said: [UInt8] = []
    while !isGone {
      switch state {
      case .commands:
        guard let end = buffer.firstIndex(of: 0x0A) else { return said }
        let line = String(decoding: buffer[..<end].dropLast(), as: UTF8.self)
        buffer.removeFirst(end + 1)
        said += Array((command(line) + "\r\n").utf8)
      case .content(var decoder, var content):
        let (consumed, end) = buffer.withUnsafeBytes { decoder.decode($0, into: &content) }
        buffer.removeFirst(consumed)
        guard end != nil else {
          state = .content(decoder, content)
          return said
        }
        state = .commands
        said += Array(contentEnded(content).utf8)
        (sender, recipients) = (nil, [])
      }
    }
    return said
  }

  private mutating func command(_ line: String) -> String {
    let address = line.split(separator: "<").dropFirst().first?.split(separator: ">").first ?? ""
    switch line.prefix(4) {
    case "MAIL":
      (sender, recipients) = (nil, [])
      guard !scheduler.happens(mood.temporary) else { return "451 4.3.0 later" }
      sender = line.contains("<>") ? "" : String(address)
      return "250 2.1.0 ok"
    case "RCPT":
      if sender == nil { return "503 5.5.1 MAIL first" }
      if address.hasPrefix("nobody") { return "550 5.1.1 no such user" }
      guard !scheduler.happens(mood.temporary) else { return "450 4.2.0 later" }
      recipients.append(String(address))
      return "250 2.1.5 ok"
    case "DATA":
      guard !recipients.isEmpty else { return "503 5.5.1 no recipients" }
      state = .content(ContentDecoder(rules: WireRules(), sizeLimit: 1 << 24), [])
      return "354 go on"
    case "RSET":
      (sender, recipients) = (nil, [])
      return "250 2.0.0 ok"
    default: return "502 5.5.1 what?"
    }
  }

  private mutating func contentEnded(_ content: [UInt8]) -> String {
    let groups = speaksLMTP ? recipients.map { [$0] } : [recipients]
    guard scheduler.happens(mood.lostReply) else {
      return groups.map { word(content, $0, false) }.joined()
    }
    isGone = true
    // Some replies come through, the next one perhaps in part.
    let heard = scheduler.below(groups.count)
    var said = ""
    for (index, group) in groups.enumerated() {
      let reply = word(content, group, index >= heard)
      if index < heard { said += reply }
      if index == heard {
        said += String(
          decoding: reply.utf8.prefix(scheduler.below(reply.utf8.count)), as: UTF8.self)
      }
    }
    return said
  }

  private func word(_ content: [UInt8], _ recipients: [String], _ isLost: Bool) -> String {
    if scheduler.happens(mood.temporary) { return "452 4.3.1 full\r\n" }
    // A notice has nobody to come back to.
    if sender != "", scheduler.happens(mood.permanent) { return "554 5.7.1 no\r\n" }
    for recipient in recipients {
      scheduler.note("next hop: accepted for \(recipient)\(isLost ? ", the reply is lost" : "")")
      ledger.arrives(content, for: recipient, replyIsLost: isLost)
    }
    return "250 2.0.0 accepted\r\n"
  }
}
