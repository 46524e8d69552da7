import DNS
import Foundation
import Mail
import MailAuth
import Testing

/// Signatures of others hold here, and ours hold there: both keys, both ways to see a body.
@Suite struct DKIMPeerTests {
  private static let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)

  /// Blanks at line ends, doubled ones and empty lines at the end: what the canonicalisations differ in.
  private static let message = """
    From: Alice <alice@example.test>\r
    To: b@elsewhere.example\r
    Subject: dinner  at\r
     eight\r
    Date: Wed, 25 Nov 2026 01:00:00 +0000\r
    Message-ID: <1@example.test>\r
    \r
    Hello  there \r
    \t\r
    .dot\r
    \r
    \r

    """

  /// One kind of key and one way to see the body.
  struct Case: CustomTestStringConvertible, Sendable {
    let type: SignatureKeyType
    let body: SignatureCanonicalization
    var testDescription: String { "\(type.rawValue) \(body.rawValue)" }
  }

  static let cases = [SignatureKeyType.rsa, .ed25519].flatMap { type in
    [SignatureCanonicalization.simple, .relaxed].map { Case(type: type, body: $0) }
  }

  /// A folder with a key, its record and a message.
  private struct Bench {
    let folder: String
    let key: DKIMKeyFile
    let record: DKIMRecord

    init(_ type: SignatureKeyType) throws {
      folder = NSTemporaryDirectory() + "kadomori-dkim-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let domain = try #require(Domain("example.test"))
      let keys = try DKIMRotation.newKeys(domain, [type], selector: "s", besides: [], now: now)
      key = try #require(keys.first)
      record = try #require(key.record)
      try write("key.pem", Array(key.key.pem().utf8))
      // dkimpy wants the bare seed, the last octets of PKCS#8 (RFC 8410 §7).
      let base64 = key.key.pem().split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
      let seed = try #require(Base64.decode(Array(base64.utf8))).suffix(32)
      try write("key.seed", Array(Base64.encode(Array(seed)).utf8))
      try write("dns.txt", Array("\(record.name) \(record.text)\n".utf8))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    func read(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    func report(_ mail: [UInt8]) async -> DKIMReport {
      await DKIMVerifier.judge(mail, now: now, resolver: ZoneResolver(record.zoneLine + "\n"))
    }

    /// Our signature before the message.
    func signed(_ body: SignatureCanonicalization) throws -> [UInt8] {
      var signer = key.signer
      signer.body = body
      let mail = Array(message.utf8)
      return try DKIMSigner.sign(mail, with: [signer], now: now) + mail
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
  }

  // MARK: opendkim

  private static let hasOpenDKIM = Peer.has("opendkim")

  /// Runs opendkim over a message with LF line ends, as it reads files.
  private func opendkim(_ bench: Bench, _ mail: [UInt8], _ settings: String) throws -> String {
    try bench.write("m.eml", mail.filter { $0 != 0x0D })
    try bench.write("opendkim.conf", Array("Socket inet:0@localhost\n\(settings)\n".utf8))
    return try Peer.run(
      "opendkim", ["-x", "\(bench.folder)/opendkim.conf", "-vv", "-t", "\(bench.folder)/m.eml"]
    ).output
  }

  @Test(
    .enabled(if: hasOpenDKIM, "opendkim is not installed: scripts/setup --tests"),
    arguments: cases)
  func `ours holds with opendkim`(one: Case) async throws {
    let bench = try Bench(one.type)
    let settings = "Mode v\nTestDNSData file:\(bench.folder)/dns.txt"
    let mail = try bench.signed(one.body)
    let output = try opendkim(bench, mail, settings)
    #expect(output.contains("verification (s=s") && output.contains("succeeded"), "\(output)")
    let changed = Array(
      String(decoding: mail, as: UTF8.self).replacing("Hello", with: "Jello").utf8)
    #expect(try !opendkim(bench, changed, settings).contains("succeeded"))
    bench.remove()
  }

  /// The header is seen relaxed: what opendkim 2.11 signs by Ed25519 over a simple one it can't verify
  /// itself.
  @Test(
    .enabled(if: hasOpenDKIM, "opendkim is not installed: scripts/setup --tests"),
    arguments: cases)
  func `what opendkim signs holds here`(one: Case) async throws {
    let bench = try Bench(one.type)
    let mail = Array(Self.message.utf8)
    let algorithm = one.type == .rsa ? "rsa-sha256" : "ed25519-sha256"
    let output = try opendkim(
      bench, mail,
      """
      Mode s
      Domain example.test
      Selector s
      KeyFile \(bench.folder)/key.pem
      RequireSafeKeys no
      SignatureAlgorithm \(algorithm)
      Canonicalization relaxed/\(one.body.rawValue)
      """)
    let start = try #require(output.range(of: "hname='DKIM-Signature' hvalue='")).upperBound
    let end = try #require(output.range(of: "'", range: start..<output.endIndex)).lowerBound
    let value = output[start..<end].replacing("\n", with: "\r\n")
    let report = await bench.report(Array("DKIM-Signature: \(value)\r\n".utf8) + mail)
    #expect(report.status == .pass, "\(report) \(output)")
    bench.remove()
  }

  // MARK: dkimpy

  private static let python = "/usr/bin/python3"
  private static let hasDKIMPy =
    (try? Peer.run(python, ["-c", "import dkim, nacl"]))?.code == 0

  @Test(
    .enabled(if: hasDKIMPy, "python3-dkim is not installed: scripts/setup --tests"),
    arguments: cases)
  func `ours holds with dkimpy`(one: Case) async throws {
    let bench = try Bench(one.type)
    try bench.write("m.eml", try bench.signed(one.body))
    let script = """
      import dkim, sys
      mail = open(sys.argv[1] + "/m.eml", "rb").read()
      text = open(sys.argv[1] + "/dns.txt", "rb").read().split(b" ", 1)[1].strip()
      find = lambda name, timeout=5: text
      print(dkim.verify(mail, dnsfunc=find), dkim.verify(mail.replace(b"Hello", b"Jello"), dnsfunc=find))
      """
    let output = try Peer.run(Self.python, ["-c", script, bench.folder]).output
    #expect(output.contains("True False"), "\(output)")
    bench.remove()
  }

  @Test(
    .enabled(if: hasDKIMPy, "python3-dkim is not installed: scripts/setup --tests"),
    arguments: cases)
  func `what dkimpy signs holds here`(one: Case) async throws {
    let bench = try Bench(one.type)
    try bench.write("m.eml", Array(Self.message.utf8))
    let script = """
      import dkim, sys
      folder, kind, body = sys.argv[1:4]
      mail = open(folder + "/m.eml", "rb").read()
      key = open(folder + ("/key.pem" if kind == "rsa" else "/key.seed"), "rb").read()
      field = dkim.sign(mail, b"s", b"example.test", key, canonicalize=(body.encode(), body.encode()),
        signature_algorithm=kind.encode() + b"-sha256")
      open(folder + "/signed.eml", "wb").write(field + mail)
      """
    let output = try Peer.run(
      Self.python, ["-c", script, bench.folder, one.type.rawValue, one.body.rawValue])
    #expect(output.code == 0, "\(output.output)")
    let report = await bench.report(try bench.read("signed.eml"))
    #expect(report.status == .pass, "\(report)")
    bench.remove()
  }
}
