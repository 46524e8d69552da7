import Foundation
import Testing
import Vectors

@testable import Mail

/// Stalwart mail-parser's messages and header cases against first readings.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct StalwartSuiteTests {
  private static let folder = "mime/stalwart-mail-parser"

  private func cases(_ name: String) throws -> [(header: [UInt8], expected: Any)] {
    let rows = try Suites.json("\(Self.folder)/\(name).json") as? [[String: Any]]
    return (rows ?? []).map {
      (Array(($0["header"] as? String ?? "").utf8), $0["expected"] ?? NSNull())
    }
  }

  /// The header's first field only: some rows hold more lines.
  private func value(_ header: [UInt8]) -> [UInt8] {
    let bytes = Array("X:".utf8) + header
    let fields = HeaderFields(bytes)
    return fields.fields.first.map { Array(bytes[$0.value]) } ?? []
  }

  private func shown(_ header: [UInt8], _ got: Any) -> String {
    "\(String(decoding: header, as: UTF8.self).debugDescription.prefix(110)) read as \(got)"
  }

  /// Why a header case is read otherwise, by how it begins.
  private static let headerArguments: [(starts: [String], why: String)] = [
    (["application/pdf"], "only the first section names a charset (RFC 2231 §4.1)"),
    (["image/jpeg"], "white space between two words is dropped (RFC 2047 §6.2)"),
    (["=", "name=value"], "a type is a token (RFC 2045 §5.1); there is none here"),
    (
      ["test/encoded", "malicious/"], "a gap ends a value (RFC 2231 §3); gap and order are readings"
    ),
    (["text/plain/format"], "a subtype is a token (RFC 2045 §5.1)"),
    (["20 11", " 4 8"], "a month is a name (RFC 5322 §3.3)"),
    (["Tue, 1 Jul 2003 (("], "comments nest and fold (RFC 5322 §3.2.2)"),
    (["by 2002"], "a Received field's date is what stands behind its semicolon"),
    (["[SUSPECTED"], "white space is not made up where none stands"),
    (
      [
        "Pete(", "A Group(", "(Empty", "John Doe <jdoe@machine(", "Nathaniel", "NO (", "Name (",
      ], "a comment is no part of a name or address (RFC 5322 §3.2.2) unless there is no name"
    ),
    (["Mary Smith <@"], "routes and white space in addresses are dropped (RFC 5322 §4.4)"),
    (["<a@b.com> ="], "a name stands before its address (RFC 5322 §3.4)"),
  ]

  private func argument(_ header: [UInt8]) -> String? {
    let text = String(decoding: header, as: UTF8.self)
    return Self.headerArguments.first { $0.starts.contains { text.hasPrefix($0) } }?.why
  }

  // MARK: Header cases

  @Test func `content types`() throws {
    var tally = Tally("stalwart content_type")
    for (header, expected) in try cases("content_type") {
      let bytes = value(header)
      let type = ContentType(bytes, in: 0..<bytes.count)
      let got = Dictionary(
        type.parameters.all.filter { !$0.value.isEmpty }.map { ($0.name, $0.value) },
        uniquingKeysWith: { first, _ in first })
      guard let row = expected as? [String: Any] else {
        tally.count(type.type.isEmpty, shown(header, type), argument(header))
        continue
      }
      let pairs = (row["attributes"] as? [[String]] ?? []).filter { !$0[0].hasSuffix("-language") }
      let wanted = Dictionary(
        pairs.map { ($0[0].lowercased(), $0[1]) }, uniquingKeysWith: { first, _ in first })
      let isSame =
        type.type == row["c_type"] as? String && type.subtype == row["c_subtype"] as? String ?? ""
        && got == wanted
      tally.count(isSame, shown(header, "\(type) \(got)"), argument(header))
    }
    tally.report()
  }

  @Test func `identifiers`() throws {
    var tally = Tally("stalwart id")
    for (header, expected) in try cases("id") {
      let got = MessageIDs.all(in: value(header))
      tally.count(got == expected as? [String] ?? [], shown(header, got), argument(header))
    }
    tally.report()
  }

  @Test func `unstructured texts`() throws {
    var tally = Tally("stalwart unstructured")
    for (header, expected) in try cases("unstructured") {
      let bytes = value(header)
      let text = EncodedWords.decode(bytes).text
      let squeezed = text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
      let wanted = (expected as? String ?? "").split { $0 == " " || $0 == "\t" }
        .joined(separator: " ")
      tally.count(squeezed == wanted, shown(header, squeezed), argument(header))
    }
    tally.report()
  }

  @Test func `dates`() throws {
    var tally = Tally("stalwart date")
    for (header, expected) in try cases("date") {
      let date = HeaderDate(header)
      guard let row = expected as? [String: Any] else {
        tally.count(date == nil, shown(header, "\(date.debugDescription)"), argument(header))
        continue
      }
      tally.count(
        Self.isSame(date, row), shown(header, "\(date.debugDescription)"), argument(header))
    }
    tally.report()
  }

  static func isSame(_ date: HeaderDate?, _ row: [String: Any]) -> Bool {
    let number = { (key: String) in row[key] as? Int ?? -1 }
    let zone =
      (number("tz_hour") * 60 + number("tz_minute"))
      * (row["tz_before_gmt"] as? Bool == true ? -1 : 1)
    return date.map {
      [$0.year, $0.month, $0.day, $0.hour, $0.minute, $0.second, $0.zoneMinutes]
        == ["year", "month", "day", "hour", "minute", "second"].map(number) + [zone]
    } ?? false
  }

  @Test func `addresses`() throws {
    var tally = Tally("stalwart address")
    for (header, expected) in try cases("address") {
      let got = Self.plain(AddressList(value(header)))
      let wanted = Self.plain(expected)
      tally.count(got == wanted, shown(header, got), argument(header))
    }
    tally.report()
  }

  private static func plain(_ list: AddressList) -> [String] {
    list.entries.flatMap { entry -> [String] in
      switch entry {
      case .mailbox(let mailbox): ["\(mailbox.name ?? "-")|\(mailbox.address ?? "-")"]
      case .group(let name, let members):
        ["[\(name)"] + members.map { "\($0.name ?? "-")|\($0.address ?? "-")" } + ["]"]
      }
    }
  }

  private static func plain(_ expected: Any) -> [String] {
    guard let row = expected as? [String: Any] else { return [] }
    if let list = row["List"] as? [[String: Any]] { return list.map(plain) }
    return (row["Group"] as? [[String: Any]] ?? []).flatMap { group -> [String] in
      let members = (group["addresses"] as? [[String: Any]] ?? []).map(plain)
      guard let name = group["name"] as? String else { return members }
      return ["[\(name)"] + members + ["]"]
    }
  }

  private static func plain(_ address: [String: Any]) -> String {
    "\(address["name"] as? String ?? "-")|\(address["address"] as? String ?? "-")"
  }

  // MARK: Messages

  /// Why a message is read otherwise, by what stands at the front of its name.
  private static let arguments: [(names: [String], why: String)] = [
    (
      ["001", "003", "004", "005", "009", "011", "012", "013", "016", "019"].map {
        "malformed/\($0)"
      },
      "an outer delimiter ends what is within it (RFC 2046 §5.1.2); the inner view is another reading"
    ),
    (["malformed/000"], "a part may be empty (RFC 2046 §5.1.1, MIME-part-headers [CRLF *OCTET])"),
    (
      ["malformed/007", "malformed/008", "malformed/020", "malformed/021"],
      "a header section that a delimiter cuts ends there (RFC 2046 §5.1: the body part ends)"
    ),
    (["malformed/022"], "message/rfc822 holds a message, with or without header (RFC 2046 §5.2.1)"),
    (
      ["legacy/017", "legacy/026", "legacy/048"],
      "x-uuencode and binhex bodies are decoded; raw octets are another reading"
    ),
    (["legacy/052"], "unlabelled 8-bit text is guessed instead of replaced"),
    (
      ["rfc/000", "thirdparty/002"],
      "what is no base 64 is skipped (RFC 2045 §6.8); raw octets are another reading"
    ),
    (["thirdparty/005"], "a delimiter begins a line (RFC 2046 §5.1.1)"),
    (["thirdparty/015"], "the inner multipart ends at the outer delimiter (RFC 2046 §5.1.2)"),
  ]

  @Test func `messages have the expected parts`() throws {
    var tally = Tally("stalwart messages")
    let paths = Suites.files(Self.folder + "/eml", ".eml")
    for (path, ending) in paths.flatMap({ [($0, ".json"), ($0, ".crlf.json")] }) {
      // The expectations were made with all lines ending the one or the other way.
      let lines = try Suites.bytes(path).filter { $0 != 0x0D }
      let octets = ending == ".json" ? lines : lines.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
      let message = Message(octets)
      let expected = try Suites.json(String(path.dropLast(4)) + ending) as? [String: Any] ?? [:]
      let parts = expected["parts"] as? [[String: Any]] ?? []
      let wanted = Self.tree(parts, 0)
      let got = Self.tree(message, 0)
      let name = path.split(separator: "/").suffix(2).joined(separator: "/") + ending
      let all = message.root.readings.indices.map { Self.tree(message, 0, reading: $0) }
      let argument = Self.arguments.first { $0.names.contains { name.hasPrefix($0) } }?.why
      tally.count(all.contains(wanted), "\(name): \(got) instead of \(wanted)", argument)
    }
    tally.report()
  }

  /// `(…)` for a multipart, `<…>` for a message, and octets of decoded leaves that are binary.
  private static func tree(_ parts: [[String: Any]], _ index: Int) -> String {
    guard index < parts.count else { return "?" }
    let body = parts[index]["body"] as? [String: Any] ?? [:]
    if let children = body["Multipart"] as? [Int] {
      return "(" + children.map { tree(parts, $0) }.joined(separator: " ") + ")"
    }
    if let inner = body["Message"] as? [String: Any] {
      return "<" + tree(inner["parts"] as? [[String: Any]] ?? [], 0) + ">"
    }
    if let text = (body["Text"] ?? body["Html"]) as? String {
      return "t\(text.utf8.count { !$0.isBlank })"
    }
    let octets = (body["Binary"] ?? body["InlineBinary"]) as? [Int] ?? []
    return "b\(octets.count)"
  }

  private static func tree(_ message: Message, _ index: Int, reading number: Int = 0) -> String {
    let reading = message.parts[index].readings[number]
    switch reading.content {
    case .multipart(let multipart):
      return "(" + multipart.children.map { tree(message, $0) }.joined(separator: " ") + ")"
    case .message(let child) where reading.contentType.subtype == "rfc822":
      return "<" + tree(message, child) + ">"
    case .leaf where reading.contentType.isText || reading.contentType.isMultipart:
      let decoded = message.content(of: reading)
      let charset = reading.contentType.parameters["charset"].flatMap { Charset(label: $0) }
      let text = charset?.decode(decoded.octets) ?? TextGuess.decode(decoded.octets)
      return "t\(text.text.utf8.count { !$0.isBlank })"
    case .leaf, .message, .unread: return "b\(message.content(of: reading).octets.count)"
    }
  }
}
