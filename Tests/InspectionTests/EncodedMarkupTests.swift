import Mail
import Testing

@testable import Inspection

/// Mark-up whose tags are not where ASCII has them.
@Suite struct EncodedMarkupTests {
  private static let page =
    "<html><body><script>new ActiveXObject('WScript.Shell').Run('calc')</script></body></html>"
  private static let hidden =
    "+ADw-html+AD4APA-script+AD4-new ActiveXObject('WScript.Shell').Run('calc')+ADw-/script+AD4-"

  private func wide(_ text: String, isBig: Bool = false) -> [UInt8] {
    text.utf16.flatMap { unit in
      let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      return isBig ? pair.reversed() : pair
    }
  }

  private func rules(_ octets: [UInt8], _ name: String) -> Set<String> {
    Set(MessageInspectorTests.report(octets, .file(name: name)).findings.map(\.rule))
  }

  private func mail(_ octets: [UInt8], _ type: String) -> Set<String> {
    let report = MessageInspectorTests.report([
      "From: taro@example.jp", "To: hanako@example.jp", "Subject: x",
      "Date: Wed, 01 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0", "Content-Type: \(type)",
      "Content-Transfer-Encoding: base64", "", Base64.encode(octets),
    ])
    return Set(report.findings.map(\.rule))
  }

  @Test(arguments: ["", "  \r\n\t", "\u{3000}\u{3000}", String(repeating: "\u{6F22}", count: 3000)])
  func `UTF-16 without a mark is read, whatever stands first`(start: String) {
    for isBig in [false, true] {
      for name in ["a.html", "a.dat"] {
        let octets = wide(start + Self.page, isBig: isBig)
        #expect(rules(octets, name).contains("html.runs-programs"), "\(isBig) \(name)")
      }
    }
  }

  @Test func `a file within UTF-16 is taken out`() {
    let data = "data:application/zip;base64," + Base64.encode(SampleProgram.octets)
    for isBig in [false, true] {
      let octets = wide("<html><a href=\"\(data)\">x</a></html>", isBig: isBig)
      #expect(rules(octets, "a.html").contains("file.packed-program"))
    }
  }

  @Test func `UTF-7 is read by its mark, by the page's own word and by its tags`() {
    #expect(rules(Array(("+/v8-" + Self.hidden).utf8), "a.html").contains("html.runs-programs"))
    let told = "<meta charset = 'UTF-7'>+AG4APABzAGMAcgBpAHAAdA-+AD4-"
    let script = "new ActiveXObject('WScript.Shell').Run('calc')</script>"
    #expect(rules(Array((told + script).utf8), "a.html").contains("html.runs-programs"))
    #expect(rules(Array(Self.hidden.utf8), "a.html").contains("html.runs-programs"))
  }

  @Test func `a part is read in the charset that it names`() {
    let escaped = "+AG4APABzAGMAcgBpAHAAdAA+-"
    let page = escaped + "new ActiveXObject('WScript.Shell').Run('calc')</script>"
    let named = "text/html; name=a.html; charset="
    #expect(mail(Array(page.utf8), named + "utf-7").contains("html.runs-programs"))
    #expect(!mail(Array(page.utf8), named + "utf-8").contains("html.runs-programs"))
    // What browsers make of it, which heed no UTF-7, is read all the same.
    #expect(mail(Array(Self.page.utf8), named + "utf-7").contains("html.runs-programs"))
    let padding = String(repeating: "\u{6F22}", count: 9000)
    let octets = wide(padding + Self.page, isBig: true)
    #expect(mail(octets, named + "utf-16be").contains("html.runs-programs"))
  }

  @Test func `tags of UTF-16 hide none of one octet a letter, in a picture or a page`() {
    let lure = wide("<a><b>" + String(repeating: "\u{6F22}", count: 400))
    let page = Array(Self.page.utf8)
    let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]
    for octets in [picture + page + lure, page + lure, lure + page, [0xFF, 0xFE] + lure + page] {
      #expect(rules(octets, "a.html").contains("html.runs-programs"))
    }
    let both = rules(picture + Array("<html>".utf8) + lure, "a.png")
    #expect(both.contains("file.polyglot"), "\(both)")
  }

  @Test func `letters, sums and addresses in base 64 are clean`() {
    for text in [
      "<html><body><p>1+1=2, C++ and a+b; https://a.example/?q=a+b</p></body></html>",
      "<html><body><p>\u{3042}\u{3044}+\u{3046}</p></body></html>",
    ] {
      for octets in [Array(text.utf8), [0xFF, 0xFE] + wide(text), wide(text, isBig: true)] {
        #expect(rules(octets, "a.html").isEmpty, "\(rules(octets, "a.html"))")
      }
      let told = mail(Array(text.utf8), "text/html; charset=utf-7")
      #expect(!told.contains { $0.hasPrefix("html.") || $0.hasPrefix("file.") }, "\(told)")
    }
  }
}
