import Mail
import MailAuth

/// Messages and keys typed from RFC 6376 appendix A and C, and RFC 8463 appendix A, and a signer
/// that signs whatever a test wants signed.
enum DKIMFixtures {
  static func octets(_ text: String) -> [UInt8] {
    Array(text.replacing("\n", with: "\r\n").utf8)
  }

  static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  /// Appendix C's public key.
  static let brisbaneRSA =
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
    + "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4O"
    + "uKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

  /// Appendix C's private key.
  static let brisbanePrivate = """
    -----BEGIN RSA PRIVATE KEY-----
    MIICXwIBAAKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC
    jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gb
    to/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB
    AoGBALmn+XwWk7akvkUlqb+dOxyLB9i5VBVfje89Teolwc9YJT36BGN/l4e0l6QX
    /1//6DWUTB3KI6wFcm7TWJcxbS0tcKZX7FsJvUz1SbQnkS54DJck1EZO/BLa5ckJ
    gAYIaqlA9C0ZwM6i58lLlPadX/rtHb7pWzeNcZHjKrjM461ZAkEA+itss2nRlmyO
    n1/5yDyCluST4dQfO8kAB3toSEVc7DeFeDhnC1mZdjASZNvdHS4gbLIA1hUGEF9m
    3hKsGUMMPwJBAPW5v/U+AWTADFCS22t72NUurgzeAbzb1HWMqO4y4+9Hpjk5wvL/
    eVYizyuce3/fGke7aRYw/ADKygMJdW8H/OcCQQDz5OQb4j2QDpPZc0Nc4QlbvMsj
    7p7otWRO5xRa6SzXqqV3+F0VpqvDmshEBkoCydaYwc2o6WQ5EBmExeV8124XAkEA
    qZzGsIxVP+sEVRWZmW6KNFSdVUpk3qzK0Tz/WjQMe5z0UunY9Ax9/4PVhp/j61bf
    eAYXunajbBSOLlx4D+TunwJBANkPI5S9iylsbLs6NkaMHV6k5ioHBBmgCak95JGX
    GMot/L2x0IYyMLAz6oLWh2hm7zwtb0CgOrPo1ke44hFYnfc=
    -----END RSA PRIVATE KEY-----
    """

  /// Appendix A.2 as it was signed: the page shows two blanks behind "game.", one was hashed.
  static let rfc6376 = octets(
    """
    DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
          c=simple/simple; q=dns/txt; i=joe@football.example.com;
          h=Received : From : To : Subject : Date : Message-ID;
          bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
          b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
          4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
          KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
          4bmp/YzhwvcubU4=;
    Received: from client1.football.example.com  [192.0.2.1]
          by submitserver.example.com with SUBMISSION;
          Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
    From: Joe SixPack <joe@football.example.com>
    To: Suzie Q <suzie@shopping.example.net>
    Subject: Is dinner ready?
    Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
    Message-ID: <20030712040037.46341.5F8J@football.example.com>

    Hi.

    We lost the game. Are you hungry yet?

    Joe.

    """)

  /// RFC 8463 appendix A.3, whose keys are the ones below.
  static let rfc8463 = octets(
    """
    DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
     d=football.example.com; i=@football.example.com;
     q=dns/txt; s=brisbane; t=1528637909; h=from : to :
     subject : date : message-id : from : subject : date;
     bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
     b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
     Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
    DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
     d=football.example.com; i=@football.example.com;
     q=dns/txt; s=test; t=1528637909; h=from : to : subject :
     date : message-id : from : subject : date;
     bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
     b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
     DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
     dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
    From: Joe SixPack <joe@football.example.com>
    To: Suzie Q <suzie@shopping.example.net>
    Subject: Is dinner ready?
    Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
    Message-ID: <20030712040037.46341.5F8J@football.example.com>

    Hi.

    We lost the game.  Are you hungry yet?

    Joe.

    """)

  static let rfc8463Zone = DKIMZone([
    "brisbane._domainkey.football.example.com":
      "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com":
      "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5q"
      + "hdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4"
      + "hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
  ])

  /// The secret of RFC 8032 §7.1 test 1, which RFC 8463 appendix A.2 uses, in its PKCS#8 form.
  static let brisbaneEd25519 =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpe"
    + "zJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n"

  // MARK: Signing anything

  static let message = octets(
    """
    From: Taro <taro@example.jp>
    To: Hanako <hanako@example.net>
    Subject: Hello
    Date: Tue, 24 Nov 2026 12:00:00 +0900
    Message-ID: <1@example.jp>

    One  line \t
    and  another


    """)

  static func key() throws -> SignaturePrivateKey {
    try SignaturePrivateKey(pem: Array(brisbaneEd25519.utf8))
  }

  /// `v=DKIM1; …` for `key`, with tags of the test's own in the middle.
  static func record(_ extra: String = "") throws -> String {
    "v=DKIM1; k=ed25519; \(extra)p=\(Base64.encode(try key().publicKey))"
  }

  static func zone(_ extra: String = "") throws -> DKIMZone {
    DKIMZone(["k._domainkey.example.jp": try record(extra)])
  }

  /// The message with a signature in front that says what `tags` say; they need neither `bh=` nor
  /// `b=`.
  static func signed(
    _ tags: String = "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.jp; s=k; h=from:subject",
    _ message: [UInt8] = message
  ) throws -> [UInt8] {
    let list = try TagList(Array(tags.utf8))
    let parts = (list.text("c") ?? "simple").split(separator: "/")
    let canonicalizations = parts.compactMap { SignatureCanonicalization(rawValue: String($0)) }
    let request = SignatureBodyHasher.Request(
      canonicalizations.count > 1 ? canonicalizations[1] : .simple,
      length: list.text("l").flatMap { Int($0) })
    let body = message[SignatureHeader(message).bodyStart...]
    let digest = SignatureBodyHasher.hashes(of: body, [request]).digest(request) ?? []
    let value = " \(tags); bh=\(Base64.encode(digest)); b="
    let unsigned = Array("DKIM-Signature:\(value)\r\n".utf8) + message
    let names = (list.text("h") ?? "").lowercased().split(separator: ":").map(String.init)
    let octets = SignatureHeader(unsigned).signedOctets(
      names, canonicalizations.first ?? .simple, own: 0, blanked: Array(value.utf8))
    let signature = Base64.encode(try key().sign(octets))
    return Array("DKIM-Signature:\(value)\(signature)\r\n".utf8) + message
  }

  static func replacing(_ message: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    Array(String(decoding: message, as: UTF8.self).replacing(old, with: new).utf8)
  }
}
