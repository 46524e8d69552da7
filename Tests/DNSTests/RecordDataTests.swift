import Mail
import Testing

@testable import DNS

@Suite struct RecordDataTests {
  @Test func `an MX record is read, the root as no host`() {
    let mail: [UInt8] = [0, 10, 4] + Array("mail".utf8) + [4] + Array("test".utf8) + [0]
    #expect(RecordData.mailExchanger(mail)?.preference == 10)
    #expect(RecordData.mailExchanger(mail)?.host == DNSName("mail.test"))
    #expect(RecordData.mailExchanger([0, 0, 0]) == MailExchanger(preference: 0, host: nil))
  }

  @Test(arguments: [
    [], [4, 65, 66], [1, 65], [0, 0], [64] + Array(repeating: 65, count: 64) + [0],
    [1, 65, 0, 1, 66, 0],
  ])
  func `a broken name is no name`(bytes: [UInt8]) {
    #expect(RecordData.name(bytes) == nil)
  }

  @Test func `strings of a text are joined, and a cut one is none`() {
    #expect(RecordData.text([1, 65, 2, 66, 67]) == [65, 66, 67])
    #expect(RecordData.text([3, 65]) == nil)
  }

  @Test(arguments: [0, 1, 255, 256, 600])
  func `a text is cut into strings and joined again`(count: Int) {
    let octets = (0..<count).map { UInt8($0 & 0xFF) }
    #expect(RecordData.text(RecordData.text(of: octets)) == octets)
  }

  @Test func `a TLSA record keeps its numbers`() {
    #expect(
      RecordData.certificateAssociation([3, 1, 1, 0xAB])
        == CertificateAssociation(usage: 3, selector: 1, matchingType: 1, octets: [0xAB]))
    #expect(RecordData.certificateAssociation([3, 1, 1]) == nil)
  }

  @Test func `addresses have their reverse names`() {
    #expect(IPAddress("192.0.2.1")?.reverseName == DNSName("1.2.0.192.in-addr.arpa"))
    let six = IPAddress("2001:db8::1")?.reverseName.description
    #expect(six?.hasPrefix("1.0.0.0.") == true)
    #expect(six?.hasSuffix("8.b.d.0.1.0.0.2.ip6.arpa") == true)
  }
}
