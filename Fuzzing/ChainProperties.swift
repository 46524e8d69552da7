import DNS
import Foundation
import Mail
import MailAuth
import SMTP

// What must hold for the certificates that servers show, and for the file of policies.
extension Properties {
  /// A certificate for mx.example.jp and the authority that made it, both until 2126.
  private static let own = octets(
    """
    MIIBgTCCASegAwIBAgIUVNJAPR6GoHjAP1sQkbDfh8meVS4wCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJRnV6eiBSb290
    MCAXDTI2MTEyNTAxNTA1OFoYDzIxMjYxMDMxMDE1MDU4WjANMQswCQYDVQQDDAJteDBZMBMGByqGSM49AgEGCCqGSM49
    AwEHA0IABCfwPeY2i7f13DghZZE+Z7+WJT753mUgA5r/Jd+xX3Qe8M7tBIHi7klyIDu/EJR/ShXt5JaFH3lsO8nyWUuV
    IPyjXDBaMBgGA1UdEQQRMA+CDW14LmV4YW1wbGUuanAwHQYDVR0OBBYEFPpg890S5rp7HBsHc8OmMUNbVpouMB8GA1Ud
    IwQYMBaAFPlvrOjssWOQ3OaNRK6gdVCj/6hZMAoGCCqGSM49BAMCA0gAMEUCIQDv1TKEUlJqt5lQJiq9Yk3nRCPkYkv2
    lTrJrnQds/qkHwIgceXnlt1cjEeEheltoQgXnodf7yFpCNOrXBxcXyt7xuM=
    """)
  private static let authority = octets(
    """
    MIIBfzCCASWgAwIBAgIUBTkP4CKRECEWNcvgvlIbhUAvXeIwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJRnV6eiBSb290
    MCAXDTI2MTEyNTAxNTA1OFoYDzIxMjYxMTAxMDE1MDU4WjAUMRIwEAYDVQQDDAlGdXp6IFJvb3QwWTATBgcqhkjOPQIB
    BggqhkjOPQMBBwNCAAQtT0thysQcoKFoeIf5GRjjNEf26UPiOW92pNmAL0uaJdMz4v4yzVcNaf4ucKD2W/spSxs7ANp8
    2kWydgfbh57fo1MwUTAdBgNVHQ4EFgQU+W+s6OyxY5Dc5o1ErqB1UKP/qFkwHwYDVR0jBBgwFoAU+W+s6OyxY5Dc5o1E
    rqB1UKP/qFkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAzVohBYM25ivccP81/pUgKNAloalIwMoOc
    qpyupaKgswIhAK//UQyhuDF6FBc9LN42rPf8exHJVNvrshM3n1IyPx1F
    """)
  /// Where in `own` stands what the authority signed.
  private static let signed = 4..<303

  private static func octets(_ text: String) -> [UInt8] {
    Base64.decode(text.utf8.filter { $0 > 0x20 }) ?? []
  }

  static func chain(_ bytes: [UInt8]) {
    let whole = CertificateAssociation(
      usage: 2, selector: 0, matchingType: 0, octets: authority)
    precondition(proof([own], [whole]) == .daneTA, "the certificate as it was made proves nothing")
    // The first two octets say where the rest goes.
    if bytes.count > 2 {
      let at = (Int(bytes[0]) << 8 | Int(bytes[1])) % own.count
      let patch = bytes.dropFirst(2).prefix(own.count - at)
      var changed = own
      changed.replaceSubrange(at..<(at + patch.count), with: patch)
      let isChanged = changed[signed] != own[signed]
      precondition(!isChanged || proof([changed], [whole]) == nil, "a changed certificate proves")
    }
    precondition(proof([bytes], [whole]) != .daneTA || bytes == own, "anything proves")
    _ = proof([own, bytes, bytes], [whole])
    for selector in [0, 1] as [UInt8] {
      let hostile = CertificateAssociation(
        usage: 2, selector: selector, matchingType: 0, octets: bytes)
      precondition(
        proof([own], [hostile]) == nil || bytes == authority || bytes == own
          || selector == 1, "a hostile record proves")
    }
    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    let kept = STSStore.read(bytes, now: now)
    precondition(
      STSStore.read(STSStore.write(kept, now: now).text, now: now) == kept, "policies change")
  }

  private final class Box: @unchecked Sendable { var proof: PeerProof? }

  /// What a judge says, waited for.
  private static func proof(
    _ chain: [[UInt8]], _ records: [CertificateAssociation]
  ) -> PeerProof? {
    let (box, done) = (Box(), DispatchSemaphore(value: 0))
    let names = [Domain("mx.example.jp")].compactMap(\.self)
    Task {
      box.proof = try? await ChainJudge.dane(records, names: names).judge(chain).get()
      done.signal()
    }
    done.wait()
    return box.proof
  }
}
