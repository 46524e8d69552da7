import Mail
import Testing

@testable import Inspection

@Suite struct PatternTests {
  @Test(arguments: [
    ("abc", "xxABCxx", true), ("abc", "ab c", false), ("^abc$", "abc", true),
    ("^abc$", "abcd", false), ("a.c", "aéc", true), ("a[0-9]+b", "a12b", true),
    ("a[^0-9]b", "a1b", false), ("(foo|bar)+baz", "foobarbaz", true), ("ab{2,3}c", "abc", false),
    ("ab{2,3}c", "abbbc", true), ("ab{2}c", "abbbc", false), ("\\bpay\\b", "to pay now", true),
    ("\\bpay\\b", "paypal", false), ("\\d{4}-\\d{4}", "call 1234-5678", true), ("a|", "", true),
    ("給付[金費]", "１０万円の給付金", true), ("ＡＢＣ", "abc", true), ("[A-C]", "b", true),
    ("(?:x)y", "xy", true), ("\\.\\*", "a.*b", true), ("[]x]", "]", true), ("", "a", true),
    ("(a*)*b", "aaab", true), ("^(a|b|ab)*c$", "abababc", true),
  ])
  func `a pattern fits or not`(pattern: String, text: String, fits: Bool) throws {
    #expect(try Pattern(pattern).matches(FoldedText(text)) == fits)
  }

  @Test(arguments: [
    "(", ")", "a)", "[a", "*a", "a**", "\\", "\\z", "a{", "a{2", "a{3,2}", "a{2000}", "[b-a]",
    "((((((((((((((((((((((a))))))))))))))))))))))", "(a{1000}){1000}", "((){1000}){1000}",
  ])
  func `what is no pattern is refused`(pattern: String) {
    #expect(throws: PatternFault.self) { try Pattern(pattern) }
  }

  @Test func `nested repetitions take linear time`() throws {
    let pattern = try Pattern("^(a+)+(a|aa)*(a{0,20}){0,20}b$")
    let text = [UInt8](repeating: 0x61, count: 2_000)
    var work = 0
    _ = pattern.matches(text, work: &work)
    #expect(work < 2_000 * 4 * Pattern.stepLimit)
    #expect(try Pattern("(x+x+)+y").matches(text, work: &work) == false)
  }

  @Test func `what each match holds is known`() throws {
    #expect(try Pattern("a+hello(x|y)").needle == Array("hello".utf8))
    #expect(try Pattern("(hello|world)").needle.isEmpty)
  }
}
