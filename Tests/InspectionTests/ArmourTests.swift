import Mail
import Testing

@testable import Inspection

/// Files in the armour of certificates, which a line of a script takes off.
@Suite struct ArmourTests {
  private func armour(_ octets: [UInt8], _ label: String = "CERTIFICATE", head: String = "")
    -> String
  {
    "-----BEGIN \(label)-----\r\n\(head)\(Base64.encode(octets))\r\n-----END \(label)-----\r\n"
  }

  private func report(_ text: String, _ name: String = "a.txt") -> InspectionReport {
    MessageInspectorTests.report(Array(text.utf8), .file(name: name))
  }

  private func rules(_ text: String, _ name: String = "a.txt") -> Set<String> {
    Set(report(text, name).findings.map(\.rule))
  }

  @Test func `a program in armour is one, wherever in a text and whatever it is called`() {
    let texts = [
      armour(SampleProgram.octets), "Dear all,\r\n\r\n" + armour(SampleProgram.octets, "X"),
      armour([0x30, 1, 0] + [UInt8](repeating: 5, count: 40)) + armour(SampleProgram.octets),
      armour(SampleProgram.octets, head: "Proc-Type: 4\r\nX: y\r\n\r\n"),
      String(armour(SampleProgram.octets).dropLast(25)),
    ]
    for text in texts {
      for name in ["a.txt", "a.crt", "a.csv"] {
        #expect(rules(text, name).contains("file.packed-program"), "\(name): \(text.prefix(60))")
      }
    }
  }

  @Test func `a file beside it that is called as armour is hides nothing`() {
    let encoded = "begin 644 armour 1\r\n#86)C\r\n`\r\nend\r\n"
    let rules = rules(encoded + "\r\n" + armour(SampleProgram.octets))
    #expect(rules.contains("file.packed-program"), "\(rules)")
  }

  @Test func `a script that carries a program in armour is told for both`() {
    let script =
      "@echo off\r\ncertutil -decode \"%~f0\" %temp%\\a.exe\r\nstart \"\" %temp%\\a.exe\r\nexit\r\n"
    let rules = rules(script + armour(SampleProgram.octets), "a.bat")
    #expect(rules.isSuperset(of: ["file.script", "file.packed-program"]), "\(rules)")
  }

  @Test func `an archive in armour is opened`() {
    let zip = StoredZip.octets([("a.vbs", Array("rem words".utf8))])
    #expect(rules(armour(zip)).contains("file.packed-script"))
  }

  @Test func `certificates, keys and signed texts are clean`() {
    let octets = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 7) }
    let certificate = [0x30, 0x82, 0x02, 0x54] + octets
    let signed =
      "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nTVqQAAMAAAAEAAAA//8 is how they begin.\r\n"
      + armour([0x89, 1, 0x33] + octets, "PGP SIGNATURE", head: "Version: 1\r\n\r\n")
    for text in [
      armour(certificate), armour(certificate, "RSA PRIVATE KEY"), signed,
      String(repeating: armour(certificate), count: 200),
    ] {
      #expect(report(text).findings.isEmpty, "\(report(text).findings)")
      #expect(report(text, "a.pem").verdict == .clean)
    }
  }
}
