import DNS
import Mail
import MailAuth
import Testing

@Suite struct ARCTests {
  private let now = DKIMFixtures.now
  private static let results = "mx.example.jp;  spf=pass smtp.mailfrom=example.jp;\r\n dkim=none"

  private func sealer() throws -> ARCSealer {
    ARCSealer(
      domain: try #require(Domain("example.jp")), selector: try #require(Domain("k")),
      key: try DKIMFixtures.key())
  }

  private func judge(_ message: [UInt8], _ zone: DKIMZone? = nil) async throws -> ARCResult {
    let zone = try zone ?? DKIMFixtures.zone()
    return await ARCVerifier.judge(message, now: now, resolver: zone)
  }

  /// The message after so many hops, each of which found what came before it right.
  private func chained(_ hops: Int) async throws -> [UInt8] {
    var message = DKIMFixtures.message
    for hop in 0..<hops {
      let arrived = hop == 0 ? ARCStatus.none : .pass
      message =
        try sealer().seal(message, arrived: arrived, results: Self.results, now: now) + message
    }
    return message
  }

  @Test func `a message without a chain is none`() async throws {
    #expect(try await judge(DKIMFixtures.message).status == .none)
    #expect(try await judge([]).status == .none)
  }

  @Test func `each hop's set holds, and tells who sealed and what was found`() async throws {
    for hops in 1...3 {
      let result = try await judge(try await chained(hops))
      #expect(result.status == .pass)
      #expect(result.hops.map(\.instance) == Array(1...hops))
      #expect(result.hops.allSatisfy { $0.sealer == "example.jp" && $0.signer == "example.jp" })
      #expect(
        result.hops[0].results == "mx.example.jp; spf=pass smtp.mailfrom=example.jp; dkim=none")
    }
  }

  @Test func `a message without header or body can be sealed`() async throws {
    for text in ["", "\r\n", "\r\nbody", "X: y\r\n"] {
      let message = Array(text.utf8)
      let set = try sealer().seal(message, arrived: .none, results: "", now: now)
      #expect(try await judge(set + message).status == .pass)
    }
    #expect(throws: SigningFailure.self) {
      try sealer().seal(Array(" x: y\r\n".utf8), arrived: .none, results: "mx", now: now)
    }
    // Behind a mailbox file's own line, with a field and without.
    for text in ["From a Mon\r\nx: y\r\n\r\n", "From a Mon\r\n\r\nz"] {
      #expect(throws: SigningFailure.self) {
        try sealer().seal(Array(text.utf8), arrived: .none, results: "mx", now: now)
      }
    }
  }

  @Test func `lines of a set stay short`() async throws {
    for line in String(decoding: try await chained(2), as: UTF8.self).split(separator: "\r\n") {
      #expect(line.utf8.count <= 78)
    }
  }

  @Test func `fifty sets are the most`() async throws {
    let full = try await chained(50)
    #expect(try await judge(full).status == .pass)
    #expect(throws: SigningFailure.self) {
      try sealer().seal(full, arrived: .pass, results: Self.results, now: now)
    }
    let more = DKIMFixtures.replacing(full, "ARC-Seal: i=50;", "ARC-Seal: i=9;\r\nARC-Seal: i=50;")
    let result = try await judge(more)
    #expect(result.status == .fail)
    #expect(result.reason.contains("50"))
  }

  @Test(arguments: [
    ("Subject: Hello", "Subject: Invoice"), ("and  another", "and a trap"),
    ("i=1; mx.example.jp; spf=pass", "i=1; mx.example.jp; spf=fail"),
    ("ARC-Seal: i=1; a=ed25519-sha256; cv=none", "ARC-Seal: i=1; a=ed25519-sha256; cv=pass"),
    ("ARC-Seal: i=2;", "ARC-Seal: i=3;"), ("ARC-Seal: i=2;", "X-ARC-Seal: i=2;"),
    ("ARC-Message-Signature: i=1;", "ARC-Message-Signature: i=2;"),
    ("ARC-Message-Signature: i=1;", "X-Gone: i=1;"),
    ("ARC-Authentication-Results: i=1;", "ARC-Authentication-Results: x; i=1;"),
    ("ARC-Authentication-Results: i=1;", "ARC-Authentication-Results: i=0;"),
    ("ARC-Seal: i=1;", "ARC-Seal: h=from; i=1;"), ("ARC-Seal: i=1;", "ARC-Seal: i=1 1;"),
    ("ARC-Seal: i=2;", "ARC-Seal: i=51;"), ("cv=pass", "cv=maybe"), ("cv=pass", "cv=none"),
    ("ARC-Seal: i=1;", "ARC-Seal: i=1; i=1;"),
  ])
  func `a chain of which something was changed fails`(old: String, new: String) async throws {
    let chain = try await chained(2)
    let changed = DKIMFixtures.replacing(chain, old, new)
    #expect(changed != chain)
    let result = try await judge(changed)
    #expect(result.status == .fail)
    #expect(result.fault != nil)
  }

  @Test func `what an older hop signed may have changed, and oldest-pass tells`() async throws {
    var message = try await chained(1)
    message = DKIMFixtures.replacing(message, "Subject: Hello", "Subject: [list] Hello")
    for _ in 0..<2 {
      message =
        try sealer().seal(message, arrived: .pass, results: "list.example", now: now) + message
    }
    let header = SignatureHeader(message)
    let verifier = ARCVerifier(header, now: now, findsOldestPass: true)
    let hashes = SignatureBodyHasher.hashes(
      of: message[header.bodyStart...], verifier.bodyHashes)
    let result = await verifier.judge(hashes, resolver: try DKIMFixtures.zone())
    #expect(result.status == .pass)
    #expect(result.oldestPass == 2)
  }

  @Test func `over a broken chain the seal says so and covers itself`() async throws {
    let broken = DKIMFixtures.replacing(try await chained(2), "Subject: Hello", "Subject: Bye")
    let arrived = try await judge(broken)
    #expect(arrived.status == .fail)
    let set = try sealer().seal(broken, arrived: arrived.status, results: Self.results, now: now)
    let text = String(decoding: set, as: UTF8.self)
    #expect(text.contains("ARC-Seal: i=3;"))
    #expect(text.contains("cv=fail"))
    let result = try await judge(set + broken)
    #expect(result.status == .fail)
    #expect(throws: SigningFailure.self) {
      try sealer().seal(set + broken, arrived: result.status, results: Self.results, now: now)
    }
  }

  @Test func `fields of a chain may stand in any order`() async throws {
    let message = String(decoding: try await chained(1), as: UTF8.self)
    let parts = message.replacing("\r\nARC-", with: "\u{0}ARC-").replacing(
      "\r\nFrom:", with: "\u{0}From:"
    )
    .split(separator: "\u{0}")
    #expect(parts.count == 4)
    let shuffled = [parts[2], parts[0], parts[1], parts[3]].joined(separator: "\r\n")
    #expect(try await judge(Array(shuffled.utf8)).status == .pass)
  }

  @Test func `a chain tells at which set it breaks`() async throws {
    let chain = try await chained(3)
    let changed = DKIMFixtures.replacing(
      chain, "i=1; mx.example.jp; spf=pass", "i=1; mx.example.jp; spf=fail")
    // Every seal from the first on covers the first set's results, and the newest is tried first.
    #expect(try await judge(changed).failedInstance == 3)
    let text = String(decoding: chain, as: UTF8.self)
    let parts = text.split(separator: "ARC-Seal: i=1;", maxSplits: 1)
    let b = try #require(parts[1].firstRange(of: "b="))
    var oldest = parts[1]
    let letter = oldest[b.upperBound] == "A" ? "B" : "A"
    oldest.replaceSubrange(b.upperBound...b.upperBound, with: letter)
    let broken = parts[0] + "ARC-Seal: i=1;" + oldest
    #expect(try await judge(Array(broken.utf8)).status == .fail)
  }

  @Test func `a signature without c= is read as relaxed or as simple`() async throws {
    let chain = try await chained(1)
    let changed = DKIMFixtures.replacing(chain, " c=relaxed/relaxed;", "")
    // Both readings are tried, and neither is what was signed.
    #expect(try await judge(changed).fault == .signature)
  }

  /// One set whose signature over the message says what `tags` say.
  private func sealed(
    _ tags: String = "", length: Int? = nil, names signed: [String] = ["from"]
  ) throws -> [UInt8] {
    func field(_ name: String, _ value: String) -> [UInt8] {
      Array("\(name):\(value)\r\n".utf8)
    }
    func relaxed(_ name: String, _ value: String) -> [UInt8] {
      var octets: [UInt8] = []
      SignatureCanonicalization.relaxed.appendField(
        name: Array(name.utf8)[...], value: Array(value.utf8)[...], to: &octets)
      return octets
    }
    let names = ["ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"]
    let message = DKIMFixtures.message
    let request = SignatureBodyHasher.Request(.relaxed, length: length)
    let body = message[SignatureHeader(message).bodyStart...]
    let hash = SignatureBodyHasher.hashes(of: body, [request]).digest(request) ?? []
    let start = " i=1; a=ed25519-sha256; d=example.jp; s=k; "
    let open =
      start
      + "c=relaxed/relaxed; h=\(signed.joined(separator: ":")); \(tags)bh=\(Base64.encode(hash)); b="
    let unsigned = field(names[1], open) + message
    let octets = SignatureHeader(unsigned).signedOctets(
      signed, .relaxed, own: 0, blanked: Array(open.utf8))
    let signature = open + Base64.encode(try DKIMFixtures.key().sign(octets))
    let results = " i=1; mx.example.jp; dmarc=pass"
    let seal = start + "cv=none; b="
    let covered =
      relaxed(names[0], results) + relaxed(names[1], signature)
      + relaxed(names[2], seal).dropLast(2)
    let whole = seal + Base64.encode(try DKIMFixtures.key().sign(covered))
    return field(names[2], whole) + field(names[1], signature) + field(names[0], results) + message
  }

  @Test func `a chain whose newest signature leaves out a part of the body vouches for nothing`()
    async throws
  {
    #expect(try await judge(try sealed()).status == .pass)
    let cut = try await judge(try sealed("l=10; ", length: 10))
    #expect((cut.status, cut.fault) == (.fail, .unsignedRest))
    // Without From it holds, and says so.
    #expect(try await judge(try sealed()).signsFrom)
    let bare = try await judge(try sealed(names: ["subject"]))
    #expect(bare.status == .pass && !bare.signsFrom)
  }

  @Test func `without its key a chain fails, and says when that may pass`() async throws {
    let message = try await chained(1)
    #expect(try await judge(message, DKIMZone()).fault == .noKey)
    var zone = DKIMZone()
    zone.fail("k._domainkey.example.jp", .timedOut)
    let result = try await judge(message, zone)
    #expect(result.status == .fail)
    #expect(result.isTemporary)
  }

  @Test func `results can't begin a field of their own`() throws {
    let set = try sealer().seal(
      DKIMFixtures.message, arrived: .none, results: "mx\r\nBcc: x@y.example\r\n\r\nbody",
      now: now)
    let header = SignatureHeader(set + DKIMFixtures.message)
    #expect(header.places(of: "bcc").isEmpty)
    #expect(header.places(of: "from").count == 1)
  }
}
