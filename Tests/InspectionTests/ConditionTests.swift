import Mail
import Testing

@testable import Inspection

@Suite struct ConditionTests {
  private static let book: FactBook = {
    var book = FactBook()
    book.set("from.domain", ["mail.example.co.jp"])
    book.set("reply_to.domain", ["example.net"])
    book.set("subject", ["【重要】ＰａｙＰａｙからのお知らせ"])
    book.set("body.text", ["給付\n金の 口座\u{200B}番号", "Second Text"])
    book.set("link.host", ["a.example", "b.example", "a.example"])
    book.set("size", 2000)
    book.set("link.count", 3)
    return book
  }()

  private func holds(_ text: String) throws -> Bool {
    let lists = ["bait": ["給付金", "口座番号", "還付金"]]
    var judge = ConditionJudge(Self.book)
    return judge.holds(try ConditionParser.parse(text, lists: lists))
  }

  @Test(arguments: [
    "from.domain", "size", "size > 1999", "size >= 2000 and size <= 2000", "size = 2000",
    "size == 2000", "size != 1", "from.domain = 'MAIL.example.co.jp'", "from.domain != 'x'",
    "from.domain within 'example.co.jp'", "from.domain ends \"co.jp\"", "not sender.domain",
    "from.domain in ['a', 'mail.example.co.jp']", "subject contains 'paypay'",
    "subject starts '【重要】'", "body.text contains 'second text'", "body.text contains @bait",
    "body.text contains '給付金'", "hits(body.text, @bait) = 2", "count(link.host) = 2",
    "count(sender.domain) = 0", "from.domain != reply_to.domain", "size > link.count",
    "subject matches '^【.+】pay'", "(size < 1 or size > 1) and not size < 1",
    "size < 1 or size > 1", "not not size",
  ])
  func `holds`(condition: String) throws {
    #expect(try holds(condition))
  }

  @Test(
    arguments: [
      "sender.domain", "sender.domain != 'x'", "from.domain = 'example.co.jp'", "size < 2000",
      "from.domain within 'ample.co.jp'", "from.domain = reply_to.domain", "not size",
      "from.domain in []", "body.text contains '年金'", "size > 1 and size > 3000",
    ].filter { $0 != "from.domain in []" })
  func `does not hold`(condition: String) throws {
    #expect(try !holds(condition))
  }

  @Test(arguments: [
    ("", 0), ("from.domian", 0), ("from.domain =", 13), ("size > 'x'", 7), ("size contains 'x'", 5),
    ("from.domain > 'a'", 12), ("(size", 5), ("size)", 4), ("size and", 8),
    ("from.domain in 'x", 15),
    ("from.domain matches '('", 22), ("subject contains @none", 18), ("count(size", 10),
    ("from.domain in []", 16), ("from.domain size", 12),
  ])
  func `a fault is told with its place`(condition: String, offset: Int) {
    do throws(PatternFault) {
      _ = try ConditionParser.parse(condition)
      Issue.record("\(condition) was taken")
    } catch { #expect(abs(error.offset - offset) <= 2, "\(condition): \(error)") }
  }

  @Test func `a wrong name tells the nearest`() {
    do throws(PatternFault) {
      _ = try ConditionParser.parse("from.domian = 'x'")
      Issue.record("taken")
    } catch { #expect(error.message == "no fact is called from.domian. Did you mean from.domain?") }
  }

  @Test func `brackets have a depth`() {
    let text = String(repeating: "(", count: 10_000)
    #expect(throws: PatternFault.self) { try ConditionParser.parse(text) }
  }
}
