import Testing

@testable import Inspection

/// Passwords that stand in a message, written as people write them.
@Suite struct PasswordCandidateTests {
  @Test(arguments: [
    ("解凍パスワードは「Kd8#mq2z」です。", "Kd8#mq2z"),
    ("パスワード:Ａｂｃ１２３", "Abc123"),
    ("PW: 4711", "4711"), ("Password:kado2026", "kado2026"), ("pwd=kado2026", "kado2026"),
    ("The passcode=a:b=c.", "a:b=c"), ("PW:x=1", "x=1"),
    ("パスワード：kado2026\r\nよろしくお願いします。", "kado2026"),
    ("ＰＷ：ｋａｄｏ２０２６", "kado2026"), ("The password is s3cret!", "s3cret!"),
    ("暗証番号は 20261125 になります", "20261125"), ("Password\n\nqwerty-99\n", "qwerty-99"),
    ("添付ファイルのPWは別途お送りした『桜1234桜』です", "桜1234桜"),
    ("password: \"open me\"", "open me"), ("Archive pass=1234", "1234"),
    ("Please open it with the password \"Summer2026!\".", "Summer2026!"),
    ("Password for the archive: infected", "infected"),
    ("添付ファイルの暗証番号は本日の日付(20260401)です", "20260401"),
  ])
  func `a password behind its key word is found`(text: String, password: String) {
    #expect(PasswordCandidates([text]).words.contains(password))
  }

  @Test func `the likeliest stand first and there are few`() {
    let text = (0..<1000).map { "\(10_000 + $0)" }.joined(separator: " ") + " password: right"
    let words = PasswordCandidates([text]).words
    #expect(words.first == "right")
    #expect(words.count == PasswordCandidates.limit)
  }

  @Test func `a mail that consists of a password has it, and one about none is not remembered`() {
    let mail = PasswordCandidates(["パスワードのご連絡", "お世話になっております。\n\nKd8#mq2z\n\n以上\n"])
    #expect(mail.told.contains("Kd8#mq2z"))
    #expect(PasswordCandidates(["Order 20260401", "abc123\n"]).told.isEmpty)
  }

  @Test func `a text without any has none`() {
    #expect(PasswordCandidates(["おはようございます。", ""]).words.isEmpty)
  }
}
