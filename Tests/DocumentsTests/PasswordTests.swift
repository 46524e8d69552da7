import Documents
import Testing

struct PasswordTests {
  @Test(arguments: [
    ("先ほどのファイルの解凍パスワードは「Ab3#xY9z」です。", "Ab3#xY9z"),
    ("パスワード：kado2026\r\nよろしくお願いします。", "kado2026"),
    ("ＰＷ：ｋａｄｏ２０２６", "kado2026"),
    ("PW: 8842", "8842"),
    ("The password is s3cret!", "s3cret!"),
    ("Archive pass=1234", "1234"),
    ("暗証番号は 20261125 になります", "20261125"),
    ("Password\n\nqwerty-99\n", "qwerty-99"),
    ("添付ファイルのPWは別途お送りした『桜1234桜』です", "桜1234桜"),
    ("password: \"open me\"", "open me"),
  ])
  func `the password is among the first that are found`(text: String, password: String) {
    let found = PasswordCandidates.find(in: text)
    #expect(found.prefix(10).contains(password), "\(found)")
  }

  @Test func `there are never more than asked for, and each once`() {
    let text = (0..<10_000).map { "password x\($0)y " }.joined()
    let found = PasswordCandidates.find(in: text)
    #expect(found.count == 30)
    #expect(Set(found).count == 30)
  }

  @Test func `a text without any says so`() {
    #expect(PasswordCandidates.find(in: "こんにちは。お元気ですか。").isEmpty)
  }
}
