import Foundation
import Testing
import Vectors

@testable import Mail

/// mime4j's mailboxes, and isemail's addresses as header fields may write them.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct OtherSuiteTests {
  @Test func `mailbox files are read message by message`() throws {
    var tally = Tally("mime4j-other")
    let paths = Suites.files("mime/mime4j-other", "").filter {
      $0.contains("mbox.") || $0.hasSuffix(".msg")
    }
    for path in paths {
      for (number, octets) in Self.messages(try Suites.bytes(path)).enumerated() {
        let message = Message(octets)
        let isWhole =
          !message.isIncomplete && message.root.readings[0].header.count(of: "From") == 1
        tally.count(isWhole, "\(path.suffix(20)) \(number)")
      }
    }
    tally.report()
  }

  /// Split at lines that begin with `From ` behind an empty line.
  private static func messages(_ octets: [UInt8]) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var start = 0
    for at in octets.indices.dropFirst(2)
    where octets[at...].starts(with: Array("From ".utf8)) && octets[at - 1] == 0x0A
      && octets[at - 2] == 0x0A
    {
      messages.append(Array(octets[start..<at]))
      start = at
    }
    return messages + [Array(octets[start...])]
  }

  /// Refused: what SMTP could not carry is no mailbox here. Taken: an octet pair that shows as it is.
  private static func argument(_ address: String, _ category: String) -> String? {
    if address == "\"\"@iana.org" { return "an empty local part names nobody" }
    if category == "ISEMAIL_DEPREC" {
      return "an obsolete local part (RFC 5322 §4.4) that SMTP can't carry is shown, not used"
    }
    return address.contains("\\©") ? "RFC 6532 §3.2 lets UTF-8 stand in a quoted pair" : nil
  }

  @Test func `isemail's addresses as a header field`() throws {
    var tally = Tally("isemail as a header field")
    let path = Suites.folder + "/address/isemail/tests.xml"
    let document = try XMLCases.read(path)
    for (address, category) in document {
      let list = AddressList(Array(address.utf8))
      let isTaken = list.flaws.isEmpty && list.mailboxes.count == 1
      switch category {
      case "ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321", "ISEMAIL_CFWS",
        "ISEMAIL_DEPREC":
        tally.count(
          isTaken, "\(category) \(address.debugDescription) refused",
          Self.argument(address, category))
      case "ISEMAIL_ERR":
        tally.count(
          !isTaken, "\(category) \(address.debugDescription) taken",
          Self.argument(address, category))
      default: break
      }
    }
    tally.report()
  }
}

/// isemail's file: address and category of each test.
private enum XMLCases {
  static func read(_ path: String) throws -> [(address: String, category: String)] {
    let document = try String(contentsOfFile: path, encoding: .utf8)
    return document.components(separatedBy: "<test id=\"").dropFirst().map { part in
      (plain(inside(part, "address")), inside(part, "category"))
    }
  }

  private static func inside(_ part: String, _ tag: String) -> String {
    guard let start = part.range(of: "<\(tag)>"), let end = part.range(of: "</\(tag)>") else {
      return ""
    }
    return String(part[start.upperBound..<end.lowerBound])
  }

  /// XML's entities undone, and U+24xx as the control that it stands for.
  private static func plain(_ text: String) -> String {
    var plain = text
    while let start = plain.range(of: "&#x"),
      let end = plain.range(of: ";", range: start.upperBound..<plain.endIndex),
      let scalar = UInt32(plain[start.upperBound..<end.lowerBound], radix: 16).flatMap(
        Unicode.Scalar.init)
    { plain.replaceSubrange(start.lowerBound..<end.upperBound, with: String(Character(scalar))) }
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] { plain = plain.replacingOccurrences(of: entity, with: character) }
    let scalars = plain.unicodeScalars.map { scalar in
      (0x2400...0x2420).contains(scalar.value)
        ? Unicode.Scalar(UInt8(scalar.value - 0x2400)) : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
