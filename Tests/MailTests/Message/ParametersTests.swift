import Testing

@testable import Mail

/// Parameters in every form that RFC 2045 and RFC 2231 know, and beyond.
@Suite struct ParametersTests {
  private func read(_ text: String) -> (name: [String], defects: [Defect.Kind]) {
    let bytes = Array("attachment; \(text)".utf8)
    let disposition = Disposition(bytes, in: 0..<bytes.count)
    let readings = disposition.parameters.parameter("filename")?.readings ?? []
    return (readings, disposition.defects.map(\.kind))
  }

  @Test(arguments: [
    ("filename=a.txt", "a.txt"), ("filename=\"a b\\\"c.txt\"", "a b\"c.txt"),
    ("FileName (x) = (y) a.txt", "a.txt"), ("filename*=utf-8'ja'%E3%81%82.txt", "あ.txt"),
    ("filename*0=a; filename*1=\"b c\"; filename*2=.txt", "ab c.txt"),
    ("filename*0*=utf-8''%E3%81; filename*1*=%82; filename*2=%41", "あ%41"),
    ("filename*=iso-2022-jp''%1B%24%42%24%22%1B%28%42", "あ"),
  ])
  func `a clean parameter has one reading`(text: String, name: String) {
    let (readings, defects) = read(text)
    #expect(readings.first == name)
    #expect(defects.isEmpty)
  }

  @Test func `sections out of order, with gaps or twice have more`() {
    let swapped = read("filename*1=b; filename*0=a")
    #expect(swapped.name == ["ab", "ba"])
    #expect(swapped.defects == [.parameterOrder])
    let gap = read("filename*0=a; filename*2=.exe")
    #expect(gap.name == ["a", "a.exe"])
    #expect(gap.defects == [.parameterGap])
  }

  @Test func `two names in two forms are both kept`() {
    let both = read("filename=a.exe; filename*=utf-8''b.txt")
    #expect(both.name == ["b.txt", "a.exe"])
    #expect(both.defects == [.parameterTwoForms])
    #expect(read("filename=a.txt; filename=b.exe").name == ["a.txt", "b.exe"])
  }

  @Test func `words in quotes are decoded and kept`() {
    let (readings, defects) = read("filename=\"=?utf-8?b?44GCLnR4dA==?=\"")
    #expect(readings == ["あ.txt", "=?utf-8?b?44GCLnR4dA==?="])
    #expect(defects == [.encodedWordInQuotes])
  }

  @Test func `an unquoted value with spaces is a word or all of it`() {
    let (readings, defects) = read("filename=my file.exe; size=3")
    #expect(readings == ["my file.exe", "my"])
    #expect(defects == [.parameterSyntax])
  }

  @Test func `raw Japanese octets are a name`() {
    let bytes =
      Array("x/y; name=\"".utf8) + [0x83, 0x65, 0x83, 0x58, 0x83, 0x67] + Array("\"".utf8)
    #expect(ContentType(bytes, in: 0..<bytes.count).parameters["name"] == "テスト")
  }

  @Test(arguments: [
    ("text/plain; charset=us-ascii (comment)", "text/plain", true),
    ("TEXT / HTML;;; charset=x", "text/html", true), ("text", "text", false), ("", "", false),
    ("/plain", "/plain", false), ("multipart/mixed boundary=b", "multipart/mixed", false),
    ("text/plain; name=\"open", "text/plain", false),
  ])
  func `types are read leniently and said to be wrong`(text: String, type: String, isClean: Bool) {
    let bytes = Array(text.utf8)
    let read = ContentType(bytes, in: 0..<bytes.count)
    #expect("\(read)" == type)
    #expect(read.defects.isEmpty == isClean)
  }

  @Test(arguments: [
    ("\"a\\b\"", ["ab", "a\\b"]), ("a(b)", ["a", "a(b)"]),
    ("\"=?utf-8?q?a?=\"", ["=?utf-8?q?a?=", "a"]), ("a; boundary*0=b; boundary*1=c", ["a", "bc"]),
    ("a b", ["a b", "a"]),
  ])
  func `a boundary is octets in every reading`(text: String, boundaries: [String]) {
    let bytes = Array("multipart/mixed; boundary=\(text)".utf8)
    let type = ContentType(bytes, in: 0..<bytes.count)
    #expect(type.parameters.boundaries.map { String(decoding: $0, as: UTF8.self) } == boundaries)
  }
}
