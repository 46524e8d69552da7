import DNS
import Mail
import MailAuth
import Testing

@Suite struct DKIMSignerTests {
  private let domain = Domain("example.jp")

  private func signers(_ types: [SignatureKeyType] = [.rsa, .ed25519]) throws -> [DKIMSigner] {
    let domain = try #require(domain)
    return try types.map { type in
      DKIMSigner(
        domain: domain, selector: try #require(Domain("k-\(type.rawValue)")),
        key: try SignaturePrivateKey(generating: type))
    }
  }

  private func zone(_ signers: [DKIMSigner]) throws -> DKIMZone {
    var zone = DKIMZone()
    for signer in signers {
      let record = try #require(
        DKIMRecord(domain: signer.domain, selector: signer.selector, key: signer.key))
      zone.add(record.name.ascii, record.strings.joined())
    }
    return zone
  }

  @Test func `both signatures verify, and the lines stay short`() async throws {
    let signers = try signers()
    let fields = try DKIMSigner.sign(DKIMFixtures.message, with: signers, now: DKIMFixtures.now)
    for line in String(decoding: fields, as: UTF8.self).split(separator: "\r\n") {
      #expect(line.utf8.count <= 78)
    }
    let report = await DKIMVerifier.judge(
      fields + DKIMFixtures.message, now: DKIMFixtures.now, resolver: try zone(signers))
    #expect(report.signatures.map(\.status) == [.pass, .pass])
    #expect(report.signatures.map(\.keyBits) == [2048, 256])
    #expect(report.signatures.allSatisfy { $0.unsignedOctets == 0 })
  }

  @Test(arguments: [
    "From: <evil@example.net>\r\n", "Subject: other\r\n", "Reply-To: <evil@example.net>\r\n",
    "Content-Type: text/html\r\n", "Cc: <c@example.net>\r\n", "MIME-Version: 1.0\r\n",
    "Date: Tue, 24 Nov 2026 12:00:00 +0900\r\n", "To: <t@example.net>\r\n",
  ])
  func `nobody can add a field that readers see`(field: String) async throws {
    let signers = try signers([.ed25519])
    let signed =
      try DKIMSigner.sign(DKIMFixtures.message, with: signers, now: DKIMFixtures.now)
      + DKIMFixtures.message
    let zone = try zone(signers)
    for message in [
      Array(field.utf8) + signed,
      DKIMFixtures.replacing(signed, "Message-ID:", field + "Message-ID:"),
    ] {
      let report = await DKIMVerifier.judge(message, now: DKIMFixtures.now, resolver: zone)
      #expect(report.status == .fail)
    }
  }

  @Test func `a message without one From, or behind a mailbox line, is not signed`() throws {
    let signers = try signers([.ed25519])
    let texts = [
      "Subject: x\n\nbody\n", "From: a@b.example\nFrom: c@d.example\n\nbody\n", "",
      // In front of a mailbox file's own line a field would end the header.
      "From a@b.example Mon Jan  1\nFrom: a@b.example\n\nbody\n",
    ]
    for text in texts {
      #expect(throws: SigningFailure.self) {
        try DKIMSigner.sign(DKIMFixtures.octets(text), with: signers, now: DKIMFixtures.now)
      }
    }
  }

  @Test func `a signature may expire`() async throws {
    var signer = try signers([.ed25519])[0]
    signer.lifetimeSeconds = 3600
    let signed =
      try DKIMSigner.sign(DKIMFixtures.message, with: [signer], now: DKIMFixtures.now)
      + DKIMFixtures.message
    let zone = try zone([signer])
    let inTime = await DKIMVerifier.judge(signed, now: DKIMFixtures.now + 3600, resolver: zone)
    let late = await DKIMVerifier.judge(signed, now: DKIMFixtures.now + 3601, resolver: zone)
    #expect(inTime.status == .pass)
    #expect(late.signatures.first?.fault == .expired)
  }

  @Test func `the RFCs' keys sign what the RFCs show`() throws {
    // RFC 6376 appendix A.2, RSA PKCS#1 v1.5, and RFC 8463 appendix A.3, Ed25519: both
    // deterministic.
    for (message, pem) in [
      (DKIMFixtures.rfc6376, DKIMFixtures.brisbanePrivate),
      (DKIMFixtures.rfc8463, DKIMFixtures.brisbaneEd25519),
    ] {
      let key = try SignaturePrivateKey(pem: Array(pem.utf8))
      let header = SignatureHeader(message)
      let signature = try DKIMSignature(header.value(0))
      let octets = header.signedOctets(
        signature.scope.names, signature.scope.headerCanonicalization, own: 0,
        blanked: signature.terms.blanked)
      #expect(try key.sign(octets) == signature.terms.signature)
    }
  }

  @Test func `keys survive PEM and DER in every form`() throws {
    for signer in try signers() {
      for form in [SignaturePrivateKey.Form.pkcs8, .pkcs1] {
        let text = "domain: x\n" + signer.key.pem(form)
        let fromPEM = try SignaturePrivateKey(pem: Array(text.utf8))
        let fromDER = try SignaturePrivateKey(der: signer.key.der(form))
        #expect(fromPEM.publicKey == signer.key.publicKey)
        #expect(fromDER.publicKey == signer.key.publicKey)
      }
    }
  }

  @Test(arguments: [
    "", "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----\n",
  ])
  func `what is no key is refused`(text: String) {
    #expect(throws: SyntaxError.self) { try SignaturePrivateKey(pem: Array(text.utf8)) }
  }

  @Test func `a record is cut into strings and compared with what stands`() async throws {
    let signer = try signers([.rsa])[0]
    let record = try #require(
      DKIMRecord(domain: signer.domain, selector: signer.selector, key: signer.key))
    #expect(record.strings.count == 2)
    #expect(record.strings.allSatisfy { $0.utf8.count <= 255 })
    #expect(record.strings.joined() == record.text)
    #expect(record.zoneLine.contains("k-rsa._domainkey.example.jp. IN TXT ( \"v=DKIM1; k=rsa; p="))

    var zone = DKIMZone()
    #expect(await record.standing(in: zone) == .absent)
    zone.add(record.name.ascii, record.text)
    #expect(await record.standing(in: zone) == .stands)
    zone.add(record.name.ascii, DKIMFixtures.brisbaneRSA)
    #expect(await record.standing(in: zone) == .ambiguous)
    #expect(
      await record.standing(in: DKIMZone([record.name.ascii: "v=DKIM1; k=rsa; p="])) == .revoked)
    #expect(
      await record.standing(in: DKIMZone([record.name.ascii: DKIMFixtures.brisbaneRSA])) == .differs
    )
    zone.fail(record.name.ascii, .timedOut)
    #expect(await record.standing(in: zone) == .unknown)
  }
}
