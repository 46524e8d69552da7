import Mail
import MailAuth
import Testing

@Suite struct TagListTests {
  private func list(_ text: String) throws -> TagList { try TagList(Array(text.utf8)) }

  @Test func `tags are read with the blanks round them dropped`() throws {
    let list = try list(" v=1;\r\n\ta = rsa-sha256 ; d=example.jp;")
    #expect(list.tags.map(\.name) == ["v", "a", "d"])
    #expect(list.text("a") == "rsa-sha256")
    #expect(list.text("d") == "example.jp")
    #expect(list.text("s") == nil)
  }

  @Test func `white space inside a value folds it and can be left out`() throws {
    let list = try list("b=QUJD\r\n REVG; h=from : to")
    #expect(list.compact("b") == Array("QUJDREVG".utf8))
    #expect(list.text("h") == "from:to")
    #expect(list.octets("h").map(Array.init) == Array("from : to".utf8))
  }

  @Test func `an empty value is a value`() throws {
    #expect(try list("v=DKIM1; p=").text("p") == "")
  }

  @Test func `raw reaches from the equals sign to the semicolon`() throws {
    let list = try list("b= x ;c=1")
    #expect(list.tags[0].raw == 2..<5)
    #expect(list.tags[0].value == 3..<4)
  }

  @Test(arguments: [
    "", " ", ";", "v=1;;a=b", "v", "=1", "1v=x", "v-=x", "v=1; v=2", "v=\u{1}", ";v=1",
  ])
  func `what is no tag list is refused`(text: String) {
    #expect(throws: SyntaxError.self) { try list(text) }
  }

  @Test func `names compare by case`() throws {
    let list = try list("V=1; v=2")
    #expect(list.text("V") == "1")
    #expect(list.text("v") == "2")
  }

  @Test func `a list has a bound`() {
    let many = (0...TagList.countLimit).map { "t\($0)=x" }.joined(separator: ";")
    #expect(throws: SyntaxError.self) { try list(many) }
  }
}
