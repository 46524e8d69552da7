import Mail
import Testing

@testable import Inspection

/// Encrypted Office documents that are made to seem opened, and what is said of whose password opened something.
@Suite struct PasswordOriginTests {
  private func rules(_ document: [UInt8], _ name: String, _ text: String) -> Set<String> {
    Set(LockedDocumentTests.report(document, name, text: text).findings.map(\.rule))
  }

  // MARK: Agile encryption, made by a writer of our own (MS-OFFCRYPTO §2.3.4.10 to 15), kado-2026, 10 rounds

  private static let data =
    #"<keyData saltSize="16" blockSize="16" keyBits="256" hashSize="64" hashAlgorithm="SHA512" saltValue="EBESExQVFhcYGRobHB0eHw=="/>"#
  private static let lock =
    #"<encryptedKey spinCount="10" saltSize="16" blockSize="16" keyBits="256" hashSize="64" hashAlgorithm="SHA512" saltValue="AAECAwQFBgcICQoLDA0ODw==" encryptedVerifierHashInput="7wImViCVPfnWn/Nnv//CBg==" encryptedVerifierHashValue="0JZqlOFuz4g72sZtb6YjXlKKKoAvk66XZXK7QiLNl3IT1N9VbVqUlSgbDRh2YMV65pQF4C0yirVjEQWfcwY/UA==" encryptedKeyValue="WrHws8WdGK0YOP/i6K1u+4z9/U9lIY7vmq/YjZgHbXY="/>"#
  /// A zip of a.txt.
  private static let package =
    "cQAAAAAAAADTIb7wYi+RnA1nPS/eYgHbisOjZiPYpOEM/oxu8iVuykZ/c08Xtm8zUcyt8VnA6JBWvB6H+74geiKoVvvvQEgyBN77lSZHYXd5pSASU0ycRvYEGJa+8k0rtPhzd4WuYeV833qdlVztOfnt8V0kpammz4nDg3pC2p+AZGAFkzNtqg=="
  /// The same with another key.
  private static let otherPackage =
    "cQAAAAAAAAApEqCxOJcaX938T6xJlrMwdeTbqw4mo8wwQW2AWsEKy3nABbuXlhfL3iGiYgTcH+yBLCoC9HQt+scEwIQJcjyPdiaI9ly8f50h8z9mkxzQsIWIRXaAcNkjsXTrHaiXY0wuJ2P8IAv/J6Bqkxqvj8ONBRtk2zREEwIUaOROAuJxRw=="

  private func document(_ locks: [String], _ package: String, rounds: Int = 10) -> [UInt8] {
    let text = "<encryption>\(Self.data)\(locks.joined())</encryption>"
      .replacing("spinCount=\"10\"", with: "spinCount=\"\(rounds)\"")
    return CompoundBuilder.file([
      .stream("EncryptionInfo", [4, 0, 4, 0, 0x40, 0, 0, 0] + Array(text.utf8)),
      .stream("EncryptedPackage", BodyDecoder.decode(Array(package.utf8)[...], .base64).octets),
    ])
  }

  @Test func `a document opens with the password of its mail`() {
    let found = rules(document([Self.lock], Self.package), "a.docx", "Password: kado-2026")
    #expect(found.contains("archive.password-in-mail") && !found.contains("archive.encrypted"))
    let closed = rules(document([Self.lock], Self.package), "a.docx", "Password: kado-2027")
    #expect(closed.contains("archive.encrypted") && !closed.contains("archive.password-in-mail"))
  }

  /// Which of them Office takes nobody says, so the bait may be the one that we would take.
  @Test func `a document with two keys for passwords stays locked`() {
    let two = document([Self.lock, Self.lock], Self.package)
    #expect(rules(two, "a.docx", "Password: kado-2026").contains("archive.encrypted"))
  }

  @Test func `what a password opens must be a package`() {
    let found = rules(document([Self.lock], Self.otherPackage), "a.docx", "Password: kado-2026")
    #expect(found.contains("archive.encrypted") && !found.contains("archive.password-in-mail"))
  }

  @Test func `rounds that cost too much are told`() {
    let dear = document([Self.lock], Self.package, rounds: 1_000_000)
    let report = LockedDocumentTests.report(dear, "a.docx", text: "Password: kado-2026")
    let found = report.findings.first { $0.rule == "archive.encrypted" }
    #expect(found?.sentence.en.contains("not all passwords were tried") == true)
  }

  // MARK: One part opened, another not

  @Test func `a book that Excel opens by itself excuses no locked document beside it`() {
    let text = [UInt8](repeating: 0, count: 10) + [0, 3] + [UInt8](repeating: 0x5A, count: 5000)
    let streams: [CompoundBuilder.Node] = [
      .stream("1Table", [UInt8](repeating: 1, count: 5000)), .stream("WordDocument", text),
    ]
    let book = CompoundBuilder.Node.stream("Workbook", ObfuscatedDocumentTests.openBook)
    let alone = rules(CompoundBuilder.file([book]), "a.doc", "See the file.")
    #expect(alone.contains("office.own-password") && !alone.contains("archive.encrypted"))
    let both = rules(CompoundBuilder.file(streams + [book]), "a.doc", "See the file.")
    #expect(both.contains("archive.encrypted"))
  }

  // MARK: An archive in pieces

  @Test(arguments: [
    ("a.7z.001", [UInt8]("7z\u{BC}".utf8), true),
    ("a.log.001", [UInt8](repeating: 0x61, count: 40), false),
    ("a.7z.002", [UInt8]("ab".utf8), false),
  ])
  func `the first piece of an archive is held however short it is`(
    name: String, octets: [UInt8], isHeld: Bool
  ) {
    let found = rules(octets, name, "See the file.")
    #expect(found.contains("file.damaged") == isHeld, "\(found)")
  }

  // MARK: Whose password

  /// What is said of an encrypted document in a mail that says `text`.
  private func sentence(
    text: String, passwords: [String] = [], areGiven: Bool = false
  ) -> (rule: String, en: String)? {
    var context = FactContext()
    (context.passwords, context.passwordsAreGiven) = (passwords, areGiven)
    let lines = [
      "From: taro@example.jp", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
      "--b", "Content-Type: text/plain", "", text, "--b",
      "Content-Type: application/octet-stream; name=\"a.docx\"",
      "Content-Transfer-Encoding: base64", "",
      Base64.encode(document([Self.lock], Self.package)), "--b--", "",
    ]
    let octets = Array(lines.joined(separator: "\r\n").utf8)
    let found = MessageInspectorTests.inspector.findings(octets, .mail, context)
      .first { $0.rule.hasPrefix("archive.password") }
    return found.map { ($0.rule, $0.sentence.en) }
  }

  @Test func `it is told whose password opened a file`() {
    let own = sentence(text: "Password: kado-2026", passwords: ["kado-2026"], areGiven: true)
    #expect(own?.rule == "archive.password-in-mail")
    #expect(own?.en.contains("stands in the mail") == true)
    let other = sentence(text: "See the file.", passwords: ["no", "kado-2026"])
    #expect(other?.rule == "archive.password-in-mail")
    #expect(other?.en.contains("another mail of its sender") == true)
    let given = sentence(text: "See the file.", passwords: ["kado-2026"], areGiven: true)
    #expect(given?.rule == "archive.password-given")
    #expect(given?.en.contains("a person gave") == true)
    #expect(sentence(text: "Password: kado-2027") == nil)
  }
}
