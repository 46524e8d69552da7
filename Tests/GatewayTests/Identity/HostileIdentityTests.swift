import Foundation
import Reports
import Testing

/// What strangers send to keep us busy: each command ends within seconds of processor time and half a
/// gigabyte of address space, which the kernel enforces, and its finding names the bound that was hit.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct HostileIdentityTests {
  /// Seconds of processor time, and KiB of memory that may be mapped at all. The debug build is slow.
  private static let bounds = "ulimit -t 10; ulimit -v 500000; exec "

  /// One thing that is read, and what must be said of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let words: String
    let zone: String
    let input: [UInt8]
    let said: String

    init(_ name: String, _ words: String, zone: String = "", _ input: [UInt8] = [], said: String) {
      (self.name, self.words, self.zone, self.input, self.said) = (name, words, zone, input, said)
    }

    var testDescription: String { name }
  }

  private static let spf = "spf check --ip 192.0.2.1 --helo x.example --mail-from a@d.example"
  private static let message = "From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n"

  private static let names: [Case] = [
    Case(
      "SPF that includes itself", spf, zone: "d.example TXT \"v=spf1 include:d.example -all\"",
      said: "permerror: \"include:d.example\" of d.example is look-up 11 where 10 are allowed"),
    Case(
      "SPF of 60 KB", spf,
      zone: "d.example TXT \"v=spf1 \" " + (0..<250).map { _ in block }.joined(separator: " "),
      said: "permerror"),
    Case(
      "2,000 mail hosts", spf,
      zone: "d.example TXT \"v=spf1 mx -all\"\n"
        + (0..<2000).map { "d.example MX 10 m\($0).d.example\n" }.joined(),
      said: "leads to more than 10 mail hosts"),
    Case(
      "an alias of itself", spf, zone: "d.example CNAME d.example", said: "temperror"),
    Case(
      "a bogus answer", spf, zone: "d.example FAIL BOGUS", said: "DNSSEC calls the answer bogus"),
    Case("no name", spf, zone: "e.example A 192.0.2.1", said: "none: d.example has no SPF record"),
    Case("no answer", spf, zone: "d.example FAIL TIMEOUT", said: "temperror"),
  ]

  private static let block = "\"" + String(repeating: "a:h.d.example ", count: 18) + "\""

  private static let signatures: [Case] = [
    Case(
      "1,000 signatures", "dkim verify", zone: "b.example A 192.0.2.1",
      Array(
        ((0..<1000).map {
          "DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s\($0); h=from; bh=AAAA; b=AAAA\r\n"
        }.joined() + message).utf8), said: "990 more signatures were not looked at"),
    Case(
      "a key of 16,384 bits", "dkim verify",
      zone: "k._domainkey.b.example TXT " + strings("v=DKIM1; p=" + wideKey),
      Array(
        ("DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=k; h=from; bh=AAAA; b=AAAA\r\n"
          + message).utf8), said: "16384 bits"),
    Case(
      "a chain of 51 sets", "arc verify", zone: "b.example A 192.0.2.1",
      Array(((1...51).reversed().map(set).joined() + message).utf8),
      said: "it has more than 50 sets"),
  ]

  private static func set(_ number: Int) -> String {
    let state = number == 1 ? "none" : "pass"
    return """
      ARC-Seal: i=\(number); a=rsa-sha256; cv=\(state); d=b.example; s=k; b=AAAA\r
      ARC-Message-Signature: i=\(number); a=rsa-sha256; d=b.example; s=k; h=from; bh=AAAA; b=AAAA\r
      ARC-Authentication-Results: i=\(number); x.example; none\r

      """
  }

  /// A modulus of that many bits that nobody has factors of.
  private static let wideKey: String = {
    func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
      let count = content.count
      let length = count < 128 ? [UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
      return [tag] + length + content
    }
    let modulus = element(2, [0] + Array(repeating: 0xC5, count: 2048))
    let key = element(0x30, modulus + element(2, [1, 0, 1]))
    let algorithm = element(
      0x30, element(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]) + [5, 0])
    return Data(element(0x30, algorithm + element(3, [0] + key))).base64EncodedString()
  }()

  private static func strings(_ text: String) -> String {
    let octets = Array(text.utf8)
    return stride(from: 0, to: octets.count, by: 200).map { start in
      "\"" + String(decoding: octets[start..<min(start + 200, octets.count)], as: UTF8.self) + "\""
    }.joined(separator: " ")
  }

  private static let reports: [Case] = [
    Case(
      "a gzip of 256 MB", "report read -", bomb, said: "has more than 200 times its packed size"),
    Case(
      "an outside entity", "report read -",
      Array(
        "<!DOCTYPE f [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><feedback>&x;</feedback>".utf8),
      said: "has a document type (DOCTYPE)"),
    Case(
      "entities of entities", "report read -",
      Array("<?xml version=\"1.0\"?><!DOCTYPE f [<!ENTITY a \"aaaaaaaaaa\">".utf8)
        + (0..<20).flatMap { Array("<!ENTITY b\($0) \"&a;&a;&a;&a;&a;&a;&a;&a;\">".utf8) }
        + Array("]><feedback>&b19;</feedback>".utf8), said: "has a document type (DOCTYPE)"),
    Case(
      "a million elements within one another", "report read -",
      Array("<feedback>".utf8) + Array(repeating: Array("<a>".utf8), count: 1_000_000).joined(),
      said: "has more than 32 elements inside each other"),
    Case(
      "two million brackets", "report read -", Array(repeating: 0x5B, count: 2_000_000),
      said: "no DMARC, TLS-RPT, ARF or delivery report"),
  ]

  private static let bomb = Gzip.pack(Array(repeating: 0, count: 256 << 20)) ?? []

  @Test(arguments: names + signatures + reports)
  func `it ends within its bounds and says which it was`(hostile: Case) throws {
    let folder = NSTemporaryDirectory() + "kadomori-hostile-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try (hostile.zone + "\n").write(toFile: folder + "/zone", atomically: true, encoding: .utf8)
    try Data(hostile.input).write(to: URL(fileURLWithPath: folder + "/input"))
    let zone = hostile.zone.isEmpty ? "" : "--zone \(folder)/zone"
    let (code, output) = try Peer.run(
      "sh",
      [
        "-c",
        "\(Self.bounds)\(TestGate.program) \(hostile.words) \(zone) < \(folder)/input",
      ])
    #expect(output.contains(hostile.said), "\(code): \(output.suffix(600))")
    #expect(code == 0 || code == 1, "\(code): \(output.suffix(600))")
  }
}
