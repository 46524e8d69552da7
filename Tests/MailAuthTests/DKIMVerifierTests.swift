import DNS
import Mail
import MailAuth
import Testing

@Suite struct DKIMVerifierTests {
  private func judge(_ message: [UInt8], _ zone: DKIMZone? = nil) async throws -> DKIMReport {
    let zone = try zone ?? DKIMFixtures.zone()
    return await DKIMVerifier.judge(message, now: DKIMFixtures.now, resolver: zone)
  }

  private func first(_ message: [UInt8], _ zone: DKIMZone? = nil) async throws -> DKIMResult {
    try #require(try await judge(message, zone).signatures.first)
  }

  // MARK: The RFCs' own examples

  @Test func `RFC 6376's example passes`() async throws {
    let zone = DKIMZone(["brisbane._domainkey.example.com": DKIMFixtures.brisbaneRSA])
    let result = try await first(DKIMFixtures.rfc6376, zone)
    #expect(result.status == .pass)
    #expect(result.domain == "example.com")
    #expect(result.identity == "joe@football.example.com")
    #expect(result.keyBits == 1024)
    #expect(result.signatureStart == "AuUoFEfD")
  }

  @Test func `RFC 8463's example passes twice`() async throws {
    let report = try await judge(DKIMFixtures.rfc8463, DKIMFixtures.rfc8463Zone)
    #expect(report.signatures.map(\.status) == [.pass, .pass])
    #expect(report.signatures.map(\.algorithm) == [.ed25519SHA256, .rsaSHA256])
    #expect(report.passedDomains.map(\.ascii) == ["football.example.com", "football.example.com"])
  }

  @Test func `a message without a signature is none`() async throws {
    #expect(try await judge(DKIMFixtures.message).status == .none)
    #expect(try await judge([]).status == .none)
  }

  // MARK: What may change and what not

  @Test func `relaxed lets white space and case change, simple nothing`() async throws {
    let changes = [("Subject: Hello", "SUBJECT :  Hello \t"), ("One  line \t\r\n", "One line\r\n")]
    for (old, new) in changes {
      let relaxed = DKIMFixtures.replacing(try DKIMFixtures.signed(), old, new)
      #expect(try await first(relaxed).status == .pass)
      let tags = "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from:subject"
      let signed = try DKIMFixtures.signed(tags)
      #expect(try await first(signed).status == .pass)
      #expect(try await first(DKIMFixtures.replacing(signed, old, new)).status == .fail)
    }
  }

  @Test func `a changed body and a changed header fail, each with its name`() async throws {
    let signed = try DKIMFixtures.signed()
    let body = try await first(DKIMFixtures.replacing(signed, "another", "a trap"))
    #expect((body.status, body.fault) == (.fail, .bodyHash))
    let header = try await first(DKIMFixtures.replacing(signed, "Hello", "Invoice"))
    #expect((header.status, header.fault) == (.fail, .signature))
    #expect(header.passedDomain == nil)
  }

  @Test func `z= tells which field was changed`() async throws {
    let tags =
      "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from:subject;"
      + " z=From:Taro=20<taro@example.jp>|Subject:Hello"
    let changed = DKIMFixtures.replacing(
      try DKIMFixtures.signed(tags), "Subject: Hello", "Subject: Invoice")
    #expect(try await first(changed).reason.contains("subject"))
  }

  @Test func `the signed instances are the lowest, and an oversigned field can't be added`()
    async throws
  {
    let signed = try DKIMFixtures.signed()
    let forged = "Subject: above\r\n"
    #expect(try await first(Array(forged.utf8) + signed).status == .pass)
    let tags = "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from:from:subject:subject:x-none"
    let over = try DKIMFixtures.signed(tags)
    #expect(try await first(over).status == .pass)
    #expect(try await first(Array(forged.utf8) + over).status == .fail)
    #expect(try await first(Array("From: <a@b.example>\r\n".utf8) + over).status == .fail)
    #expect(try await first(Array("X-None: 1\r\n".utf8) + over).status == .fail)
  }

  @Test func `what l= leaves out is reported`() async throws {
    let tags = "v=1; a=ed25519-sha256; c=simple/relaxed; d=example.jp; s=k; h=from; l=10"
    let whole = try await first(try DKIMFixtures.signed(tags))
    #expect(whole.status == .pass)
    #expect(whole.unsignedOctets == "One line\r\nand another\r\n".utf8.count - 10)
    #expect(whole.reason.contains("octets"))
    #expect(whole.passedDomain == nil)
    let longer = try DKIMFixtures.signed(tags) + Array("<b>spam</b>\r\n".utf8)
    #expect(try await first(longer).unsignedOctets > whole.unsignedOctets)
  }

  @Test func `an l= beyond the body fails, however large`() async throws {
    for length in ["1000", "99999999999999999999999999"] {
      let plain = DKIMFixtures.replacing(
        try DKIMFixtures.signed("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from"), "h=from;",
        "h=from; l=\(length);")
      #expect(try await first(plain).fault == .bodyTooShort)
    }
  }

  // MARK: Time

  @Test func `expired and future signatures are not accepted`() async throws {
    let old = try DKIMFixtures.signed(
      "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; x=1799999999")
    #expect(try await first(old).fault == .expired)
    #expect(try await first(old).status == .policy)
    let early = try DKIMFixtures.signed(
      "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; t=1900000000")
    #expect(try await first(early).fault == .fromTheFuture)
    let fine = try DKIMFixtures.signed(
      "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; t=1799999999; x=1800000001")
    #expect(try await first(fine).status == .pass)
  }

  // MARK: Syntax

  @Test(arguments: [
    ("a=ed25519-sha256; d=example.jp; s=k; h=from", "missing-tag"),
    ("v=2; a=ed25519-sha256; d=example.jp; s=k; h=from", "version"),
    ("v=1; d=example.jp; s=k; h=from", "missing-tag"),
    ("v=1; a=rsa-sha1; d=example.jp; s=k; h=from", "historic-algorithm"),
    ("v=1; a=rsa-md5; d=example.jp; s=k; h=from", "algorithm"),
    ("v=1; a=ed25519-sha256; s=k; h=from", "missing-tag"),
    ("v=1; a=ed25519-sha256; d=jp; s=k; h=from", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp(.evil.example; s=k; h=from", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k..j; h=from", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=to", "from-unsigned"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from::to", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; i=@example.com", "identity"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; i=@notexample.jp", "identity"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; c=Relaxed", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; c=simple/simple/simple", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; l=-1", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; t=12 345", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; t=2; x=1", "syntax"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; q=http", "query-method"),
    ("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; h=to", "syntax"),
  ])
  func `a field that says something wrong is refused with its reason`(tags: String, kind: String)
    async throws
  {
    let value = Array(" \(tags); bh=AAAA; b=AAAA".utf8)
    let field = Array("DKIM-Signature:".utf8) + value + Array("\r\n".utf8)
    let result = try await first(field + DKIMFixtures.message)
    #expect(result.fault?.rawValue == kind)
    #expect(result.status == (kind == "historic-algorithm" ? .policy : .permerror))
  }

  // MARK: Limits

  @Test func `of a thousand signatures ten are judged`() async throws {
    let one =
      "DKIM-Signature: v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; bh=AAAA; b=AAAA\r\n"
    let flood = Array(String(repeating: one, count: 1000).utf8) + DKIMFixtures.message
    let report = try await judge(flood)
    #expect(report.signatures.count == 10)
    #expect(report.unjudged == 990)
    #expect(report.status == .fail)
  }

  @Test func `a name list, a field and a header beyond their limits are refused by name`()
    async throws
  {
    let names = Array(repeating: "from", count: SignatureScope.nameLimit + 1).joined(separator: ":")
    let tags = "v=1; a=ed25519-sha256; d=example.jp; s=k; h=\(names)"
    #expect(try await first(try DKIMFixtures.signed(tags)).fault == .tooManyNames)
    let large = try DKIMFixtures.signed(
      "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; z="
        + String(repeating: "a:b|", count: 20_000))
    #expect(try await first(large).fault == .signatureTooLarge)
    var long = try DKIMFixtures.signed()
    let end = try #require(long.indices.first { long[$0...].starts(with: [13, 10, 13, 10]) }) + 2
    let field = "X: " + String(repeating: "y", count: SignatureHeader.sizeLimit) + "\r\n"
    long.insert(contentsOf: field.utf8, at: end)
    #expect(try await first(long).fault == .headerTooLarge)
  }
}
