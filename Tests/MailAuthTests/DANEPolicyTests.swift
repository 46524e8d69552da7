import DNS
import Mail
import MailAuth
import Testing

@Suite struct DANEPolicyTests {
  /// A P-256 certificate for mx.example.jp, made by openssl; its public key's SHA-256 by openssl
  /// too.
  private static let certificate = octets(
    """
    MIIBhDCCASugAwIBAgIUQdmP9pWcWVAh10DE3ObeBY/j4dcwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNbXgu
    ZXhhbXBsZS5qcDAeFw0yNjExMjQyMTU3NDZaFw0yNjExMjUyMTU3NDZaMBgxFjAUBgNVBAMMDW14LmV4YW1w
    bGUuanAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQPxy6ilzsWwFbLqJ2fWp+afBMbZk/ZStq6ofIw3rKO
    kwB2qgDjoIIyA/I4MeafMeyRRTuJiNdsp8udmdndHiFSo1MwUTAdBgNVHQ4EFgQUlw3YqgZBZxsNbr0V6fy/
    +KlQL+owHwYDVR0jBBgwFoAUlw3YqgZBZxsNbr0V6fy/+KlQL+owDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjO
    PQQDAgNHADBEAiAra4A9ygIyRL3adf4aMlT+Du+7ag1c5p0y1yZF8CbEeQIgIfkkfOOCvCa8c0rmQdPVOX1T
    VijtiKKfFn9oA6+BhX0=
    """)
  private static let keyDigest = "4ec5e21129458df8c88571726f3ca9b1c21aee6d3b4b488289c0228b40e02c51"
  private static let other = [0x30, 0x03, 0x02, 0x01, 0x07] as [UInt8]

  private static func octets(_ base64: String) -> [UInt8] {
    Base64.decode(base64.utf8.filter { $0 > 0x20 }) ?? []
  }

  private static func record(
    _ usage: UInt8, _ selector: UInt8, _ type: UInt8, _ octets: [UInt8]
  ) -> CertificateAssociation {
    CertificateAssociation(
      usage: usage, selector: selector, matchingType: type, octets: octets)
  }

  private static let certificateDigest =
    "36eea88c324547b286a48f6e91427f34d48ef42a39b2f4be47b097fdce8550f9"
  private static let certificateLongDigest =
    "d8cf873ef110f1b8ac77963772d08a3859a5e7f1aea1fb68487b50e020e17b35"
    + "f4396cf88765541e0fd17bb3ea3338bb6bb31fbb7ec04c36b143204870bd6b54"

  private static func octets(hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).compactMap {
      UInt8(hex.dropFirst($0).prefix(2), radix: 16)
    }
  }

  private static var digest: [UInt8] { octets(hex: keyDigest) }

  private func policy(_ records: [CertificateAssociation], isSecure: Bool = true) -> DANEPolicy {
    DANEPolicy(.success(DNSAnswer(records, isSecure: isSecure)))
  }

  @Test func `a key's digest, a certificate's digest and the octets themselves match`() {
    let certificate = Self.certificate
    let records = [
      Self.record(3, 1, 1, Self.digest),
      Self.record(3, 0, 1, Self.octets(hex: Self.certificateDigest)),
      Self.record(3, 0, 2, Self.octets(hex: Self.certificateLongDigest)),
      Self.record(3, 0, 0, certificate),
      Self.record(3, 1, 0, Array(certificate[Self.keyRange])),
    ]
    for record in records {
      #expect(record.isUsable)
      #expect(record.matches(certificate), "\(record.selector) \(record.matchingType)")
      #expect(!record.matches(Self.other))
      #expect(!record.matches(Array(certificate.dropLast())))
    }
  }

  /// Where the 91 octets of a P-256 SubjectPublicKeyInfo stand, found by their fixed head.
  private static var keyRange: Range<Int> {
    let head: [UInt8] = [0x30, 0x59, 0x30, 0x13]
    let at =
      (0..<(certificate.count - 4)).first { certificate[$0..<($0 + 4)].elementsEqual(head) } ?? 0
    return at..<(at + 91)
  }

  @Test func `usage 3 looks at the host's own certificate only, usage 2 at the chain`() {
    let own = Self.record(3, 1, 1, Self.digest)
    let anchor = Self.record(2, 1, 1, Self.digest)
    let chain = [Self.other, Self.certificate]
    #expect(DANEPolicy.match([Self.certificate], [own]) == .endEntity)
    #expect(DANEPolicy.match(chain, [own]) == .nothing)
    #expect(DANEPolicy.match(chain, [anchor]) == .anchor(1))
    #expect(DANEPolicy.match(chain, []) == .nothing)
    #expect(DANEPolicy.match([], [own]) == .nothing)
    #expect(DANEPolicy.match([Self.certificate], [anchor, own]) == .endEntity)
  }

  @Test func `records that SMTP can't use ask for encryption only`() {
    for bad in [
      Self.record(0, 1, 1, Self.digest), Self.record(1, 0, 1, Self.digest),
      Self.record(3, 2, 1, Self.digest), Self.record(3, 1, 3, Self.digest),
      Self.record(3, 1, 1, Array(Self.digest.prefix(16))), Self.record(3, 1, 2, Self.digest),
      Self.record(2, 0, 0, Array(Self.certificate.dropFirst())), Self.record(10, 1, 1, Self.digest),
    ] {
      #expect(policy([bad]) == .encrypt, "\(bad)")
      #expect(!bad.matches(Self.certificate))
      let good = Self.record(3, 1, 1, Self.digest)
      #expect(policy([bad, good]) == .authenticate([good]))
    }
  }

  @Test func `only what DNSSEC proves counts`() {
    let good = Self.record(3, 1, 1, Self.digest)
    #expect(policy([good], isSecure: false) == .absent)
    #expect(policy([]) == .absent)
    #expect(DANEPolicy(.failure(.noSuchName)) == .absent)
    #expect(DANEPolicy(.failure(.bogus("x"))) == .failure(.bogus("x")))
    #expect(DANEPolicy(.failure(.timedOut)) == .failure(.timedOut))
  }

  @Test func `the stronger digest of a kind counts alone`() {
    let weak = Self.record(3, 1, 1, Self.digest)
    let strong = Self.record(3, 1, 2, Array(repeating: 1, count: 64))
    let elsewhere = Self.record(2, 1, 1, Self.digest)
    let whole = Self.record(3, 1, 0, Self.other)
    #expect(policy([weak, strong, elsewhere, whole]) == .authenticate([strong, elsewhere, whole]))
  }

  @Test func `a certificate cut or twisted anywhere matches nothing`() {
    let record = Self.record(3, 1, 1, Self.digest)
    for length in Self.certificate.indices {
      #expect(!record.matches(Array(Self.certificate.prefix(length))))
    }
    for index in Self.certificate.indices.prefix(160) {
      var twisted = Self.certificate
      twisted[index] ^= 0xFF
      _ = record.matches(twisted)
    }
  }
}
