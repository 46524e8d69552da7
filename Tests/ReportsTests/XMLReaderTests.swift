import Testing

@testable import Reports

@Suite struct XMLReaderTests {
  private func events(_ text: String) throws(ReportRefusal) -> [String] {
    var reader = try XMLReader(Array(text.utf8))
    var events: [String] = []
    while let event = try reader.next() {
      switch event {
      case .start(let name, let attributes):
        let list = attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        events.append("<\(name)\(list.joined())>")
      case .text(let octets): events.append(String(decoding: octets, as: UTF8.self))
      case .end(let name): events.append("</\(name)>")
      }
    }
    return events
  }

  private func refusal(_ text: String) -> ReportRefusal? {
    do throws(ReportRefusal) {
      _ = try events(text)
      return nil
    } catch { return error }
  }

  @Test func `elements, attributes, text and references come in order`() throws {
    let text = """
      \u{FEFF}<?xml version="1.0" encoding='UTF-8'?><!-- a -- b -->
      <n:a x = "1&lt;" y='"'><b/>&amp;&#x41;&#66;<![CDATA[<&]]></n:a >  <?end?>
      """
    #expect(
      try events(text) == [
        "<a x=1< y=\">", "<b>", "</b>", "&AB", "<&", "</a>",
      ])
  }

  @Test func `a Latin document is read as one`() throws {
    var bytes = Array("<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>".utf8)
    bytes += [0xE9]
    bytes += "</a>".utf8
    var reader = try XMLReader(bytes)
    _ = try reader.next()
    #expect(try reader.next() == .text(Array("é".utf8)))
  }

  @Test(arguments: [
    "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "<!DOCTYPE a><a/>",
    "<a><!ENTITY x \"y\"></a>", "<!doctype a><a/>",
  ])
  func `a document type is refused by name`(text: String) {
    #expect(refusal(text) == .documentType)
  }

  @Test(arguments: ["x", "nbsp", "#0", "#x110000", "#xD800", "#-1", "#+65", "#x", "", "#8"])
  func `an entity is refused by name`(name: String) {
    #expect(refusal("<a>&\(name);</a>") == .entity(name))
    #expect(refusal("<a b='&\(name);'/>") == .entity(name))
  }

  @Test func `other encodings are refused by name`() {
    #expect(refusal("<?xml version='1.0' encoding='UTF-7'?><a/>") == .encoding("utf-7"))
    #expect(throws: ReportRefusal.encoding("UTF-16")) { try XMLReader([0xFF, 0xFE, 0x3C, 0]) }
  }

  @Test(arguments: [
    "", "x", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "</a>", "<a", "<a b>", "<a b=c/>",
    "<a b='c>",
    "<a b='1' b='2'/>", "<a b='<'/>", "<1/>", "<a>&amp</a>", "<a>&</a>", "<a><![CDATA[x</a>",
    "<!-- <a/>",
    "<a/ >", "<a b='1'c='2'/>", "<a>\u{1}</a>", "<a></a", "<", "<>", "<a><b></a></b>", "<a/",
    "<?xml",
  ])
  func `what is no document is refused`(text: String) {
    guard case .malformed = refusal(text) else {
      Issue.record("\(text): \(String(describing: refusal(text)))")
      return
    }
  }

  @Test func `depths, names, texts and attributes have bounds`() {
    let deep = String(repeating: "<a>", count: 33)
    #expect(refusal(deep) == .tooMuch("elements inside each other", limit: 32))
    #expect(
      refusal("<" + String(repeating: "a", count: 129) + "/>")
        == .tooMuch("octets in a name", limit: 128))
    let long = String(repeating: "x", count: 65_537)
    #expect(refusal("<a>\(long)</a>") == .tooMuch("octets in one text", limit: 65_536))
    #expect(refusal("<a b='\(long)'/>") == .tooMuch("octets in one text", limit: 65_536))
    let wide = (0..<17).map { " a\($0)='1'" }.joined()
    #expect(refusal("<a\(wide)/>") != nil)
  }
}
