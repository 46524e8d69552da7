import Mail
import SMTP

/// A client that brings messages over one connection, and may vanish at any octet.
struct SimulatedClient: Sendable {
  let life: Life
  let number: Int
  private var scheduler: Scheduler { life.scheduler }

  init(life: Life, number: Int) {
    self.life = life
    self.number = number
  }

  func run() async {
    let driver = life.connect(port: UInt16(1000 + number))
    driver.start()
    guard await driver.reply()?.isPositive == true,
      await say("EHLO client.example\r\n", to: driver)?.isPositive == true
    else { return driver.disconnect() }
    for index in 0..<(1 + scheduler.below(3)) {
      guard !life.isDead, await send("<m\(life.number)-\(number)-\(index)@sim>", over: driver)
      else { break }
      await scheduler.sleep(milliseconds: scheduler.below(20_000))
    }
    driver.disconnect()
  }

  /// Octets in pieces; false when the client vanished in the middle.
  private func write(_ bytes: [UInt8], to driver: SessionDriver) async -> Bool {
    let end = scheduler.happens(life.weather.clientCut) ? scheduler.below(bytes.count) : bytes.count
    var start = 0
    while start < end {
      let next = min(end, start + 1 + scheduler.below(scheduler.happens(200) ? 40 : 4000))
      driver.feed(bytes[start..<next])
      start = next
      if start < end { await scheduler.sleep(milliseconds: scheduler.below(50)) }
    }
    return end == bytes.count
  }

  private func say(_ line: String, to driver: SessionDriver) async -> Reply? {
    guard await write(Array(line.utf8), to: driver) else { return nil }
    return await driver.reply()
  }

  private func send(_ name: String, over driver: SessionDriver) async -> Bool {
    let content = content(name)
    life.ledger.sends(name, content)
    let mail = "MAIL FROM:<s\(scheduler.below(3))@senders.example> SIZE=\(content.count)\r\n"
    guard let reply = await say(mail, to: driver) else { return false }
    guard reply.isPositive else { return true }
    var taken = 0
    for recipient in recipients() {
      guard let reply = await say("RCPT TO:<\(recipient)>\r\n", to: driver) else { return false }
      guard reply.isPositive else { continue }
      if recipient.hasSuffix(Self.stranger) {
        life.ledger.violation("a stranger may write to \(recipient)")
      }
      life.ledger.takes(name, recipient: recipient)
      taken += 1
    }
    guard taken > 0 else { return await say("RSET\r\n", to: driver) != nil }
    guard let reply = await hand(content, to: driver) else { return false }
    // What is said after the gate's end is said by nobody.
    guard !life.isDead else { return false }
    scheduler.note("client: \(name), \(content.count) octets, heard \(reply.code)")
    life.ledger.hears(name, reply.isPositive ? .kept : .refused, Self.id(in: reply))
    return true
  }

  /// What the gate called the message: `Kept as ID`, `… [ID]`.
  private static func id(in reply: Reply) -> TraceID? {
    reply.lines.last?.split { " []".contains($0) }.last.flatMap { TraceID($0) }
  }

  /// The content by DATA or BDAT; the reply to all of it.
  private func hand(_ content: [UInt8], to driver: SessionDriver) async -> Reply? {
    if scheduler.happens(300) {
      let half = content.count / 2
      let first = Array("BDAT \(half)\r\n".utf8) + content[..<half]
      guard await write(first, to: driver), let reply = await driver.reply() else { return nil }
      guard reply.isPositive else { return reply }
      let rest = Array("BDAT \(content.count - half) LAST\r\n".utf8) + content[half...]
      guard await write(rest, to: driver) else { return nil }
      return await driver.reply()
    }
    guard let reply = await say("DATA\r\n", to: driver) else { return nil }
    guard reply.code == 354 else { return reply }
    var encoder = ContentEncoder()
    var wire: [UInt8] = []
    encoder.encode(content, into: &wire)
    wire += encoder.end()
    guard await write(wire, to: driver) else { return nil }
    return await driver.reply()
  }

  /// A domain that the gate relays to for nobody out there.
  static let stranger = "stranger.example"

  private func recipients() -> [String] {
    var found: [String] = []
    for _ in 0..<(1 + scheduler.below(4)) {
      let user = scheduler.happens(150) ? "nobody" : "u"
      let isOurs = !scheduler.happens(30)
      let domain =
        isOurs ? ["a.example", "b.example", "c.example"][scheduler.below(3)] : Self.stranger
      let recipient = "\(user)\(scheduler.below(5))@\(domain)"
      if !found.contains(recipient) { found.append(recipient) }
    }
    return found
  }

  private func content(_ name: String) -> [UInt8] {
    var text = "From: somebody@senders.example\r\nMessage-ID: \(name)\r\nSubject: of no use\r\n\r\n"
    let lines = scheduler.happens(300) ? 60 + scheduler.below(60) : scheduler.below(15)
    for _ in 0..<lines {
      text += [".", "..\u{FC}", "", "KDM2", "a line"][scheduler.below(5)]
      text += " \(scheduler.draw())\(scheduler.draw())\r\n"
    }
    return Array(text.utf8)
  }
}
