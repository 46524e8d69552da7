import Mail
import SMTP
import Synchronization
import Testing
import Transport

@Suite struct ListenerTests {
  /// A TLS 1.2 ClientHello as OpenSSL writes it.
  private static let clientHello =
    "16030100830100007f0303eb22e198dd41d5d3dc8d954ff22afb35a7545edb9be92bbe810b49231ed8fe41000004"
    + "c02b00ff01000052000b000403000102000a000c000a001d0017001e00190018002300000016000000170000000d"
    + "002a0028040305030603080708080809080a080b080408050806040105010601030303010302040205020602"

  private func octets(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
    }
  }

  private func identity() throws -> ServedIdentity {
    let made = try OwnCertificate(
      hostname: "gate.example.test", now: Timestamp(microseconds: 1_800_000_000_000_000))
    return ServedIdentity(
      try TLSIdentity(certificate: made.certificate, key: made.key, minimum: .tls12))
  }

  private func loopback() throws -> Network { try #require(Network("127.0.0.1")) }

  private static let proxyLine = Array("PROXY TCP4 192.0.2.1 192.0.2.2 5000 465\r\n".utf8)

  @Test func `a ClientHello in the segment of the PROXY header is answered`() async throws {
    let test = try await TestListener(.submission) {
      $0.implicitTLS = true
      $0.identity = try identity()
      $0.proxies = [try loopback()]
    }
    let client = try WireClient(port: test.listener.port)
    client.say(Self.proxyLine + octets(Self.clientHello))
    #expect(client.hearOctets(3) == [0x16, 3, 3])  // a handshake record: ServerHello
    await test.close()
  }

  @Test func `octets behind a PROXY header are talk before the greeting`() async throws {
    let test = try await TestListener { $0.proxies = [try loopback()] }
    let client = try WireClient(port: test.listener.port)
    client.say(Self.proxyLine + Array("EHLO me\r\n".utf8))
    #expect(client.hear().hasPrefix("554 5.5.1"))
    await test.close()
  }

  @Test func `a load balancer without its header hears nothing, the log says why`() async throws {
    let test = try await TestListener { $0.proxies = [try loopback()] }
    let client = try WireClient(port: test.listener.port)
    client.say("EHLO me\r\n")
    #expect(client.hear() == "closed")
    await test.close()
    #expect(test.door.faults.withLock { $0 } == ["no PROXY header from a peer of proxies"])
  }

  @Test func `silence behind STARTTLS ends with the handshake's time, not the command's`()
    async throws
  {
    let test = try await TestListener {
      $0.profile.offersStartTLS = true
      $0.identity = try identity()
      $0.times.handshakeSeconds = 1
    }
    let client = try test.client(saying: "EHLO me", "STARTTLS")
    let start = ContinuousClock.now
    #expect(client.hear() == "closed")
    #expect(ContinuousClock.now - start < .seconds(8))  // the client itself gives up after ten
    await test.close()
  }

  @Test func `strangers are listened to before the greeting, others only when told so`() throws {
    #expect(StageTimes(for: .mx).greetingDelayMilliseconds == 100)
    #expect(StageTimes(for: .submission).greetingDelayMilliseconds == 0)
    #expect(StageTimes(for: .internal).greetingDelayMilliseconds == 0)
  }

  // MARK: Draining

  @Test func `an idle session hears 421 at once and the drain is over`() async throws {
    let test = try await TestListener()
    let client = try test.client(saying: "EHLO me")
    await test.listener.drained(within: 60)
    #expect(test.listener.openSessions == 0)
    #expect(client.hear().hasPrefix("421 4.3.2"))
    await test.close()
  }

  @Test func `a session in a transaction may finish it, then hears 421`() async throws {
    let test = try await TestListener()
    let idle = try test.client(saying: "EHLO me")
    let client = try test.client(
      saying: "EHLO me", "MAIL FROM:<>", "RCPT TO:<a@x.example>", "DATA")
    // At once and not in a task of its own: the waits below may hold all of Swift's threads.
    test.listener.drain()
    #expect(idle.hear().hasPrefix("421"))
    client.say("hello\r\n.\r\n")
    #expect(client.hear().hasPrefix("250 2.0.0"))
    #expect(client.hear().hasPrefix("421 4.3.2"))
    await test.listener.drained(within: 60)
    #expect(test.listener.openSessions == 0)
    await test.close()
  }

  @Test(arguments: [["RCPT TO:<a@x.example>"], ["RCPT TO:<a@x.example>", "DATA"]])
  func `what is left when the time is over hears 421 in the middle`(lines: [String]) async throws {
    let test = try await TestListener()
    let client = try test.client(saying: "EHLO me", "MAIL FROM:<>")
    for line in lines {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    await test.listener.drained(within: 0)
    #expect(client.hear().hasPrefix("421 4.3.2"))
    #expect(client.hear() == "closed")
    await test.close()
  }

  // MARK: Binary content

  /// A few pieces, one after the other.
  private actor Pieces: BodyReader {
    private var left: [[UInt8]]
    init(_ pieces: [[UInt8]]) { left = pieces }
    func next() -> [UInt8]? { left.isEmpty ? nil : left.removeFirst() }
  }

  @Test(arguments: [false, true])
  func `binary content arrives octet by octet, at hand or in pieces`(isStreamed: Bool) async throws
  {
    let test = try await TestListener()
    let content: [UInt8] =
      Array("Subject: x\r\n\r\n".utf8)
      + [0, 0x0A, 0x2E, 0x0A, 0x0D, 0x2E, 0x0D, 0x0A, 0x2E, 0x0D, 0x0A, 0xFF]
    var parameters = MailParameters()
    parameters.body = .binaryMIME
    let request = ConnectionRequest(
      endpoint: .tcp(address: .v4(0x7F00_0001), port: test.listener.port, name: "127.0.0.1"),
      tls: .never, hello: "client.example.test")
    let connection = try await NIOConnector(loops: test.loops).connect(request).get()
    let result = await connection.send(
      OutboundTransaction(
        envelope: Envelope(
          sender: .null, parameters: parameters,
          recipients: [Recipient(path: ForwardPath(mailbox: Mailbox("a@x.example")))]),
        size: content.count,
        body: isStreamed
          ? .pieces { Pieces([Array(content[..<5]), Array(content[5...])]) } : .bytes(content)))
    #expect(result == .answered([.accepted(Reply(250, .init(2, 0, 0), "kept"))]))
    #expect(test.door.kept.withLock { $0 } == content)
    await connection.close()
    await test.close()
  }
}
