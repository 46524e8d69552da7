import Testing

@testable import TOML

@Suite struct TOMLParserTests {
  private func parse(_ text: String) throws(TOMLError) -> TOMLTable {
    try TOMLParser.parse(Array(text.utf8))
  }

  @Test func `tables, keys and values are read with their places`() throws {
    let table = try parse(
      """
      # comment
      name = "a\\tb" # behind
      n = 1_000
      list = [ "x", 'y\\',
        "z", ]
      [group."quoted key".deep]
      flag = true
      [[item]]
      v = 1
      [[item]]
      v = 2
      """)
    guard case .string(let name) = table["name"]?.value else {
      Issue.record("no name")
      return
    }
    #expect(name == "a\tb")
    #expect(table["n"]?.position == TOMLPosition(line: 3, column: 5))
    guard case .array(let items) = table["item"]?.value,
      case .array(let list) = table["list"]?.value
    else {
      Issue.record("no lists")
      return
    }
    #expect(items.count == 2)
    #expect(list.count == 3)
  }

  @Test(arguments: [
    ("a = ", 1, 5), ("a = 1\na = 2", 2, 1), ("a = \"x", 1, 7), ("a 1", 1, 3), ("[a\nb=1", 1, 3),
    ("a = 1.5", 1, 5), ("a = 1 b = 2", 1, 7), ("a = [1", 1, 7), ("= 1", 1, 1),
    ("a = \"\\q\"", 1, 8),
    ("[a]\n[a.b]\n[a.b]\nc=1\nc=2", 3, 2), ("a = { b = 1", 1, 12),
  ])
  func `what is wrong is named by line and column`(text: String, line: Int, column: Int) {
    let error = #expect(throws: TOMLError.self) { try parse(text) }
    #expect(error?.position == TOMLPosition(line: line, column: column))
  }

  @Test func `deep nesting is refused, not followed`() {
    #expect(throws: TOMLError.self) { try parse("a = " + String(repeating: "[", count: 5000)) }
  }

  @Test func `random octets break nothing`() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("a=[]{}\"'.,#\n\\ 1u_-t".utf8) + [0xFF]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<30, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      _ = try? TOMLParser.parse(bytes)
    }
  }
}
