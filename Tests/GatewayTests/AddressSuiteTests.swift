import Foundation
import Mail
import Testing
import Vectors

/// isemail's addresses: what RFC 5321 allows is taken, what no RFC allows is refused.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct AddressSuiteTests {
  private struct Case {
    let id: String
    let address: String
    let category: String
    let diagnosis: String
  }

  private func cases() throws -> [Case] {
    let path = Suites.folder + "/address/isemail/tests.xml"
    let document = try String(contentsOfFile: path, encoding: .utf8)
    return document.components(separatedBy: "<test id=\"").dropFirst().map { part in
      func inside(_ tag: String) -> String {
        guard let start = part.range(of: "<\(tag)>"), let end = part.range(of: "</\(tag)>") else {
          return ""
        }
        return String(part[start.upperBound..<end.lowerBound])
      }
      return Case(
        id: String(part.prefix { $0 != "\"" }), address: Self.unescaped(inside("address")),
        category: inside("category"), diagnosis: inside("diagnosis"))
    }
  }

  /// XML entities, and U+24xx for control characters.
  private static func unescaped(_ text: String) -> String {
    var plain = text
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
    ] { plain = plain.replacingOccurrences(of: entity, with: character) }
    while let start = plain.range(of: "&#x"),
      let end = plain.range(of: ";", range: start.upperBound..<plain.endIndex),
      let value = UInt32(plain[start.upperBound..<end.lowerBound], radix: 16),
      let scalar = Unicode.Scalar(value)
    { plain.replaceSubrange(start.lowerBound..<end.upperBound, with: String(Character(scalar))) }
    plain = plain.replacingOccurrences(of: "&amp;", with: "&")
    var result = ""
    for scalar in plain.unicodeScalars {
      let isSymbol = (0x2400...0x2420).contains(scalar.value)
      let meant = isSymbol ? Unicode.Scalar(scalar.value - 0x2400) : scalar
      if let meant { result.unicodeScalars.append(meant) }
    }
    return result
  }

  /// Taken by the suite, refused here, and why.
  private static let stricter = [
    "43": "an empty quoted local part names nobody"
  ]

  /// Refused by the suite, taken here, and why.
  private static let wider = [
    "71": "`::` for one group only: RFC 5952 frowns, every parser of addresses reads it"
  ]

  @Test func `addresses are taken and refused as isemail's`() throws {
    let cases = try cases()
    #expect(cases.count > 150)
    for one in cases {
      let isTaken = Mailbox(one.address) != nil
      switch one.category {
      case "ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321":
        let isKnown = Self.stricter[one.id] != nil
        #expect(isTaken || isKnown, "\(one.id) \(one.diagnosis): \(one.address)")
      case "ISEMAIL_ERR", "ISEMAIL_CFWS", "ISEMAIL_DEPREC":
        #expect(!isTaken || Self.wider[one.id] != nil, "\(one.id) \(one.diagnosis): \(one.address)")
      default: break
      }
    }
  }
}
