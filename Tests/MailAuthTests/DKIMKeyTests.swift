import DNS
import Mail
import MailAuth
import Testing

/// What a key's record says, and what comes of it.
@Suite struct DKIMKeyTests {
  private func judge(_ zone: DKIMZone, _ tags: String? = nil) async throws -> DKIMResult {
    let message = try tags.map { try DKIMFixtures.signed($0) } ?? DKIMFixtures.signed()
    let report = await DKIMVerifier.judge(message, now: DKIMFixtures.now, resolver: zone)
    return try #require(report.signatures.first)
  }

  @Test(arguments: [
    ("p=", DKIMStatus.permerror, SignatureFault.Kind.keyRevoked),
    ("v=DKIM1; k=ed25519", .permerror, .keySyntax),
    ("v=DKIM1; k=ed25519; p=AAAA", .permerror, .keySyntax),
    ("v=DKIM1; k=ed25519; p=*", .permerror, .keySyntax),
    ("v=DKIM2; k=ed25519; p=AAAA", .permerror, .keySyntax),
    ("k=ed25519; v=DKIM1; p=AAAA", .permerror, .keySyntax),
    ("v=spf1 -all", .permerror, .keySyntax),
    ("v=DKIM1; k=dsa; p=AAAA", .permerror, .keyAlgorithm),
    ("v=DKIM1; k=ed25519; h=sha1; p=AAAA", .permerror, .keyHash),
    ("v=DKIM1; k=ed25519; s=tlsrpt; p=AAAA", .permerror, .keyService),
  ])
  func `a record that is no use is named`(
    text: String, status: DKIMStatus, kind: SignatureFault.Kind
  ) async throws {
    let result = try await judge(DKIMZone(["k._domainkey.example.jp": text]))
    #expect((result.status, result.fault) == (status, kind))
  }

  @Test func `DNS failures are temporary or permanent`() async throws {
    #expect(try await judge(DKIMZone()).fault == .noKey)
    let failures: [(DNSFailure, DKIMStatus)] = [
      (.noSuchName, .permerror), (.noRecords, .permerror), (.timedOut, .temperror),
      (.serverFailure("SERVFAIL"), .temperror), (.bogus("signature"), .temperror),
    ]
    for (failure, status) in failures {
      var zone = DKIMZone()
      zone.fail("k._domainkey.example.jp", failure)
      #expect(try await judge(zone).status == status)
    }
  }

  @Test func `of several records one that verifies is enough`() async throws {
    var zone = DKIMZone(["k._domainkey.example.jp": "v=spf1 -all"])
    zone.add("k._domainkey.example.jp", DKIMFixtures.brisbaneRSA)
    zone.add(
      "k._domainkey.example.jp", "v=DKIM1; k=ed25519; p=" + String(repeating: "A", count: 43) + "=")
    #expect(try await judge(zone).fault == .signature)
    zone.add("k._domainkey.example.jp", try DKIMFixtures.record(), isSecure: true)
    let result = try await judge(zone)
    #expect(result.status == .pass)
    #expect(result.isKeySecure)
  }

  @Test func `a domain that only tests does not fail`() async throws {
    let zone = try DKIMFixtures.zone("t=y; ")
    let passed = try await judge(zone)
    #expect(passed.status == .pass)
    #expect(passed.isTesting)
    let changed = DKIMFixtures.replacing(try DKIMFixtures.signed(), "Hello", "Invoice")
    let report = await DKIMVerifier.judge(changed, now: DKIMFixtures.now, resolver: zone)
    #expect(report.signatures.first?.status == .neutral)
  }

  @Test func `a strict key is not for subdomains`() async throws {
    let zone = try DKIMFixtures.zone("t=y:s; ")
    let tags = "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; i="
    #expect(try await judge(zone, tags + "a@example.jp").status == .pass)
    #expect(try await judge(zone, tags + "a@sub.example.jp").fault == .identity)
    #expect(try await judge(DKIMFixtures.zone(), tags + "a@sub.example.jp").status == .pass)
  }

  @Test func `names may be written in any script`() async throws {
    var zone = DKIMZone()
    zone.add("k._domainkey.xn--r8jz45g.jp", try DKIMFixtures.record())
    let tags = "v=1; a=ed25519-sha256; d=例え.jp; s=k; h=from; i=太郎@例え.jp"
    let result = try await judge(zone, tags)
    #expect(result.status == .pass)
    #expect(result.domain == "xn--r8jz45g.jp")
  }

  @Test func `an RSA key may stand without its wrapping`() async throws {
    // RFC 6376 §3.6.1 says RSAPublicKey; everybody writes the SubjectPublicKeyInfo around it.
    let text = DKIMFixtures.brisbaneRSA
    let wrapped = try SignatureKeyRecord(Array(text.utf8)).publicKey
    let bare = "v=DKIM1; p=" + Base64.encode(wrapped.dropFirst(22))
    let zone = DKIMZone(["brisbane._domainkey.example.com": bare])
    let report = await DKIMVerifier.judge(
      DKIMFixtures.rfc6376, now: DKIMFixtures.now, resolver: zone)
    #expect(report.status == .pass)
  }

  /// A SubjectPublicKeyInfo whose modulus has so many octets.
  private func rsa(octets: Int) -> String {
    func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
      let count = content.count
      return [tag, 0x82, UInt8(count >> 8), UInt8(count & 255)] + content
    }
    let modulus = value(0x02, [0] + Array(repeating: 0xFF, count: octets))
    let key = value(0x30, modulus + [0x02, 3, 1, 0, 1])
    let algorithm: [UInt8] = [
      0x30, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0,
    ]
    return "p=" + Base64.encode(value(0x30, algorithm + value(0x03, [0] + key)))
  }

  @Test func `RSA keys too small to prove anything and too large to try are refused by size`()
    throws
  {
    for (octets, kind) in [
      (64, SignatureFault.Kind.keyTooSmall), (127, .keyTooSmall), (1025, .keyTooLarge),
      (2048, .keyTooLarge),
    ] {
      let record = try SignatureKeyRecord(Array(rsa(octets: octets).utf8))
      #expect(throws: SignatureFault.self) { try record.key(for: .rsaSHA256) }
      do throws(SignatureFault) { _ = try record.key(for: .rsaSHA256) } catch {
        #expect(error.kind == kind)
      }
    }
    #expect(throws: SignatureFault.self) {
      try SignatureKeyRecord(Array(repeating: 0x61, count: SignatureKeyRecord.sizeLimit + 1))
    }
  }

  @Test func `TLS reports have keys of their own and no unsigned rest`() async throws {
    let zone = try DKIMFixtures.zone("s=tlsrpt; ")
    #expect(try await judge(zone).fault == .keyService)
    let whole = await DKIMVerifier.judge(
      try DKIMFixtures.signed(), now: DKIMFixtures.now, service: .tlsReports, resolver: zone)
    #expect(whole.status == .pass)
    let cut = await DKIMVerifier.judge(
      try DKIMFixtures.signed("v=1; a=ed25519-sha256; d=example.jp; s=k; h=from; l=3"),
      now: DKIMFixtures.now, service: .tlsReports, resolver: zone)
    #expect(cut.signatures.first?.fault == .unsignedRest)
  }
}
