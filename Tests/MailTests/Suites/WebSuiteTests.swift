import Foundation
import Testing
import Vectors

@testable import Mail

/// The web platform's URLs and names, Unicode's confusables, and linkify-it's links in text.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct WebSuiteTests {
  private func rows(_ file: String) throws -> [[String: Any]] {
    let bytes = try Suites.bytes("url/whatwg-wpt/\(file).json")
    // Halves of a surrogate pair, which no octets of UTF-8 stand for and Foundation does not read.
    let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(
      of: #"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F].."#,
      with: "\\\\uFFFD", options: .regularExpression)
    let all = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any] ?? []
    return all.compactMap { $0 as? [String: Any] }
  }

  @Test(arguments: ["urltestdata", "ada_extra_urltestdata", "ada_long_urltestdata"])
  func `URLs lead where browsers go`(file: String) throws {
    var tally = Tally("WHATWG \(file)")
    for row in try rows(file) {
      guard let input = row["input"] as? String else { continue }
      let base = (row["base"] as? String).map { (text: $0, address: WebAddress($0)) }
      let read = base?.address == nil && base != nil ? nil : WebAddress(input, base: base?.address)
      let wanted = row["failure"] as? Bool == true ? nil : row["href"] as? String
      tally.count(
        read?.description == wanted,
        "\(input.debugDescription) on \(base?.text ?? "-"): \(read?.description ?? "none"), "
          + "not \(wanted ?? "none")", Self.argument(row))
    }
    tally.report()
  }

  private static func argument(_ row: [String: Any]) -> String? { nil }

  @Test(arguments: ["toascii", "IdnaTestV2", "IdnaTestV2-removed"])
  func `host names become ASCII`(file: String) throws {
    var tally = Tally("WHATWG \(file)")
    for row in try rows(file) {
      guard let input = row["input"] as? String else { continue }
      let wanted = row["output"] as? String
      let read = WebAddress("https://\(input)/x")?.host?.description
      tally.count(
        read == wanted,
        "\(input.debugDescription): \(read ?? "none"), not \(wanted ?? "none"): "
          + "\(row["comment"] ?? "")", Self.nameArgument(input, wanted))
    }
    tally.report()
  }

  private static func nameArgument(_ input: String, _ wanted: String?) -> String? {
    if input.isEmpty { return "without a name there is no host to ask" }
    let isNew = input.unicodeScalars.contains {
      $0.properties.generalCategory == .unassigned || (0x32000...0x33479).contains($0.value)
    }
    return isNew ? "ICU 72 knows the letters of Unicode 15" : nil
  }

  @Test func `what looks alike has one skeleton`() throws {
    var tally = Tally("Unicode confusables")
    let bytes = try Suites.bytes("url/unicode-security/confusables.txt")
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let columns = line.split(separator: ";").map { Self.text(String($0)) }
      guard columns.count >= 3, let source = columns[0], let target = columns[1] else { continue }
      tally.count(
        Skeleton.of(source) == Skeleton.of(target), "\(line.prefix(80))",
        Self.confusableArgument(source))
    }
    tally.report()
  }

  private static func confusableArgument(_ source: String) -> String? {
    let decomposed = source.decomposedStringWithCanonicalMapping.unicodeScalars
    return decomposed.elementsEqual(source.unicodeScalars)
      ? "ICU 72 has the table of Unicode 15, the file is of 13"
      : "UTS #39 §4 decomposes first: the entry of a composed letter never applies"
  }

  private static func text(_ codes: String) -> String? {
    let scalars = codes.split { $0 == " " || $0 == "\t" }.map {
      UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
    }
    guard !scalars.isEmpty, !scalars.contains(nil) else { return nil }
    return String(String.UnicodeScalarView(scalars.compactMap { $0 }))
  }

  @Test(arguments: ["links", "port_links"])
  func `links are found in text`(file: String) throws {
    var tally = Tally("linkify-it \(file)")
    for (text, wanted) in try Self.cases(file) {
      let found = LinkFinder.links(in: text).map(\.text)
      tally.count(
        found.first == wanted, "\(text): \(found), not \(wanted)", Self.linkArgument(text))
    }
    tally.report()
  }

  @Test func `what is no link is not found`() throws {
    var tally = Tally("linkify-it not_links")
    for (text, _) in try Self.cases("not_links", arePaired: false) {
      let found = LinkFinder.links(in: text).map(\.text)
      tally.count(found.isEmpty, "\(text): \(found)", Self.linkArgument(text))
    }
    tally.report()
  }

  private static func linkArgument(_ text: String) -> String? {
    if text.contains("//"), !text.contains("http") { return "two slashes alone make no link" }
    if text.contains("\"") { return "a double quote ends a link" }
    if text.contains(";") { return "no semicolon in an atom (RFC 5322 §3.2.3)" }
    if text.hasSuffix("b.com") { return "a letter beyond ASCII before a name is part of it" }
    return text.hasSuffix("file.pm") ? ".pm is a country's domain" : nil
  }

  /// A line of text, the link on the next line or, when that is empty, the line itself; comments
  /// begin with `%`, and so does the rest of a line behind ` % `.
  private static func cases(
    _ file: String, arePaired: Bool = true
  ) throws -> [(text: String, link: String)] {
    let bytes = try Suites.bytes("url/linkify-it/\(file).txt")
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n").map {
      $0.components(separatedBy: " % ")[0]
    }
    var cases: [(String, String)] = []
    var at = 0
    while at < lines.count {
      let line = lines[at]
      at += 1
      guard !line.isEmpty, !line.hasPrefix("%") else { continue }
      let next = at < lines.count && arePaired ? lines[at] : ""
      if !next.isEmpty { at += 1 }
      let text = line.replacing(/\s+%.*$/, with: "").replacing(/\s+\/\/ .*$/, with: "")
      cases.append((arePaired ? line : text, next.isEmpty ? line : next))
    }
    return cases
  }
}
