import Crypto
import DNS
import Mail
import MailAuth
import SMTP
import SwiftASN1
import Testing
import X509

/// Certificates beside TLSA records and authorities.
@Suite struct ChainJudgeTests {
  private typealias Verdict = Result<PeerProof, CertificateFault>
  private let authority: TestAuthority
  private let names: [Domain]

  init() throws {
    authority = try TestAuthority()
    names = try ["mx.example.jp", "example.jp"].map { try #require(Domain($0)) }
  }

  private func record(
    _ usage: UInt8, _ selector: UInt8, _ type: UInt8, _ identity: TestAuthority.Identity
  ) -> CertificateAssociation {
    let selected = selector == 0 ? identity.der : identity.publicKey
    let octets =
      switch type {
      case 0: selected
      case 1: Array(SHA256.hash(data: selected))
      default: Array(SHA512.hash(data: selected))
      }
    return CertificateAssociation(
      usage: usage, selector: selector, matchingType: type, octets: octets)
  }

  private func dane(
    _ chain: [TestAuthority.Identity], _ records: [CertificateAssociation]
  ) async -> Verdict {
    await ChainJudge.dane(records, names: names).judge(chain.map(\.der))
  }

  private func kind(_ verdict: Verdict) -> CertificateFault.Kind? {
    if case .failure(let fault) = verdict { fault.kind } else { nil }
  }

  @Test func `DANE-EE asks for the key and for nothing else`() async throws {
    let expired = try TestAuthority.make(
      "someone.else.example", names: ["someone.else.example"], issuer: nil, days: -30...(-1))
    for (selector, type) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] as [(UInt8, UInt8)] {
      #expect(await dane([expired], [record(3, selector, type, expired)]) == .success(.daneEE))
    }
    let other = try TestAuthority.make("mx.example.jp", names: ["mx.example.jp"], issuer: nil)
    #expect(kind(await dane([other], [record(3, 1, 1, expired)])) == .invalid)
    // The record names the host's own certificate, not one sent along.
    #expect(kind(await dane([other, expired], [record(3, 1, 1, expired)])) == .invalid)
  }

  @Test func `DANE-TA asks for a way to the authority, a name and dates`() async throws {
    let middle = try authority.authority("Test Middle")
    let own = try TestAuthority.make("x", names: ["mx.example.jp"], issuer: middle)
    let chain = [own, middle, authority.root]
    for anchor in [middle, authority.root] {
      for (selector, type) in [(0, 1), (1, 1), (0, 2), (1, 2)] as [(UInt8, UInt8)] {
        #expect(await dane(chain, [record(2, selector, type, anchor)]) == .success(.daneTA))
      }
    }
    // A digest can only be found in what was sent (RFC 7671 §5.2.2); a whole certificate or key needs no
    // sending.
    #expect(kind(await dane([own, middle], [record(2, 0, 1, authority.root)])) == .invalid)
    #expect(await dane([own, middle], [record(2, 0, 0, authority.root)]) == .success(.daneTA))
    #expect(await dane([own, middle], [record(2, 1, 0, authority.root)]) == .success(.daneTA))
    #expect(kind(await dane([own], [record(2, 0, 0, authority.root)])) == .notTrusted)
  }

  @Test func `an authority that is sent along and certified nothing proves nothing`() async throws {
    let own = try TestAuthority.make("x", names: ["mx.example.jp"], issuer: nil)
    #expect(
      kind(await dane([own, authority.root], [record(2, 0, 1, authority.root)])) == .notTrusted)
  }

  @Test func `DANE-TA takes the host, the domain and wildcards of one label`() async throws {
    let records = [record(2, 0, 1, authority.root)]
    for (name, isTaken) in [
      ("mx.example.jp", true), ("example.jp", true), ("*.example.jp", true),
      ("MX.Example.JP", true),
      ("*.jp", true), ("other.example.jp", false), ("*.mx.example.jp", false),
      ("m*.example.jp", false),
      ("*", false), ("", false),
    ] {
      let own = try TestAuthority.make("y", names: [name], issuer: authority.root)
      let verdict = await dane([own, authority.root], records)
      #expect(verdict == .success(.daneTA) || !isTaken, "\(name)")
      #expect(kind(verdict) == .hostMismatch || isTaken, "\(name)")
    }
    // Without any DNS name the common name counts (RFC 7672 §3.2.3).
    let old = try TestAuthority.make("mx.example.jp", issuer: authority.root)
    #expect(await dane([old, authority.root], records) == .success(.daneTA))
  }

  @Test func `DANE-TA refuses what has expired or is not valid yet`() async throws {
    let records = [record(2, 0, 1, authority.root)]
    for (days, kind) in [
      (-30...(-1), CertificateFault.Kind.expired), (1...30, .invalid),
    ] {
      let own = try TestAuthority.make(
        "x", names: ["mx.example.jp"], issuer: authority.root, days: days)
      #expect(self.kind(await dane([own, authority.root], records)) == kind)
    }
    let old = try TestAuthority.make(
      "Old Middle", isAuthority: true, issuer: authority.root, days: -30...(-1))
    let own = try TestAuthority.make("x", names: ["mx.example.jp"], issuer: old)
    #expect(self.kind(await dane([own, old, authority.root], records)) == .expired)
  }

  @Test func `who is no authority certifies nobody, and a client's certificate is no server's`()
    async throws
  {
    let records = [record(2, 0, 1, authority.root)]
    let host = try TestAuthority.make("h", names: ["mx.example.net"], issuer: authority.root)
    let own = try TestAuthority.make("x", names: ["mx.example.jp"], issuer: host)
    #expect(kind(await dane([own, host, authority.root], records)) == .notTrusted)
    let client = try TestAuthority.make(
      "x", names: ["mx.example.jp"], issuer: authority.root, purpose: .clientAuth)
    #expect(kind(await dane([client, authority.root], records)) == .notTrusted)
  }

  @Test func `authorities certify a host by its name`() async throws {
    let pem = try authority.root.certificate.serializeAsPEM().pemString
    let trusted = try #require(TrustedAuthorities(pem: pem))
    let judge = ChainJudge.authorities(trusted, name: names[0], proof: .mtaSTS)
    let own = try TestAuthority.make(
      "mx.example.jp", names: ["*.example.jp"], issuer: authority.root)
    #expect(await judge.judge([own.der]) == .success(.mtaSTS))
    let unnamed = try TestAuthority.make("mx.example.jp", issuer: authority.root)
    #expect(kind(await judge.judge([unnamed.der])) == .hostMismatch)
    let selfSigned = try TestAuthority.make("x", names: ["mx.example.jp"], issuer: nil)
    #expect(kind(await judge.judge([selfSigned.der])) == .notTrusted)
    #expect(kind(await judge.judge([])) == .invalid)
    #expect(kind(await judge.judge([[0x30, 0x00]])) == .invalid)
    #expect(TrustedAuthorities(pem: "nothing") == nil)
  }

  @Test func `a thousand certificates cost no more than ten`() async throws {
    let own = try TestAuthority.make("x", names: ["mx.example.jp"], issuer: authority.root)
    let chain = [own] + Array(repeating: own, count: 1000) + [authority.root]
    // The anchor stands beyond what is looked at.
    #expect(kind(await dane(chain, [record(2, 0, 1, authority.root)])) == .invalid)
  }

  @Test func `judges that demand the same are equal`() throws {
    let own = try TestAuthority.make("x", issuer: nil)
    let one = ChainJudge.dane([record(3, 1, 1, own)], names: names)
    #expect(one == ChainJudge.dane([record(3, 1, 1, own)], names: names))
    #expect(one != ChainJudge.dane([record(3, 0, 1, own)], names: names))
    #expect(one != ChainJudge.dane([record(3, 1, 1, own)], names: names, isAdvisory: true))
  }
}
