import Inspection
import Mail
import Scanners
import TOML

extension Properties {
  /// A rule file is refused with places in it, or its rules can be held against anything.
  static func rules(_ bytes: [UInt8]) {
    switch RuleFile.read(bytes, name: "fuzz.toml") {
    case .failure(let error):
      precondition(!error.faults.isEmpty, "refused without a reason")
      for fault in error.faults {
        precondition(fault.position.line >= 1 && fault.position.column >= 1, "a fault nowhere")
      }
    case .success(let file):
      let book = RuleBook([file])
      _ = book.prove()
      for finding in book.findings(facts) {
        precondition(finding.evidence.utf8.count <= Finding.evidenceLimit + 4, "long evidence")
      }
    }
  }

  private static let facts: FactBook = {
    let mail = """
      From: "info@bank.example.jp" <a@mail.example.cn>\r
      Reply-To: b@example.net\r
      Subject: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\r
      Content-Type: text/html\r
      \r
      <a href='http://evil.example/'>https://bank.example.jp/</a> aaaa bbbb 1234 cccc
      """
    return FactReader.readAll(Message(Array(mail.utf8)), FactContext())
  }()

  /// A condition in a file of its own: what is read ends within its bounds.
  static func condition(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let isQuoted = text.unicodeScalars.contains {
      $0 == "'" || ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F
    }
    guard !isQuoted else { return }
    rules(
      Array(
        """
        [lists]
        x = ["a", "bank"]
        [[rule]]
        id = "a.b"
        when = '\(text)'
        weight = 1
        class = "spam"
        ja = "{subject}"
        en = "{from.domain}"
        """.utf8))
  }

  /// What clamd may say is read one way or not at all, and what was read prints as it came.
  static func clam(_ bytes: [UInt8]) {
    guard let reply = ClamReply(bytes[...], id: 1) else { return }
    precondition(bytes.starts(with: Array("1: ".utf8)), "a reply of another command")
    precondition(bytes.allSatisfy { (0x20...0x7E).contains($0) }, "a control came through")
    if case .found(let name) = reply {
      precondition(bytes == Array("1: stream: \(name) FOUND".utf8), "another name than it says")
    }
    if case .clean = reply { precondition(bytes == Array("1: stream: OK".utf8), "clean by chance") }
  }

  /// A URL printed and read again is the same; links of a text lie in it, in order.
  static func link(_ bytes: [UInt8]) {
    if let address = WebAddress(bytes) {
      let text = "\(address)"
      precondition(text.utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F }, "no ASCII: \(text)")
      guard let again = WebAddress(text) else { preconditionFailure("\(text) does not read back") }
      precondition("\(again)" == text, "\(text) reads as \(again)")
    }
    var end = 0
    for link in LinkFinder.links(in: bytes) {
      precondition(link.range.lowerBound >= end && link.range.upperBound <= bytes.count, "outside")
      end = link.range.upperBound
    }
    let markup = MarkupText(bytes)
    precondition(
      markup.visible.utf8.count + markup.hidden.utf8.count <= 3 * bytes.count + 100,
      "more text than octets")
  }
}
