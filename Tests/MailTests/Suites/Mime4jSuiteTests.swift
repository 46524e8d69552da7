import Foundation
import Testing
import Vectors

@testable import Mail

/// Apache James mime4j's messages: each expected event stream against the tree's first readings.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct Mime4jSuiteTests {
  /// Where the expectation is not what the RFC says, with the reason.
  private static let departures: [String: String] = {
    let epilogue =
      "close-delimiter [CRLF epilogue]: the line end is the delimiter's (RFC 2046 §5.1.1)"
    let lost = "the expectation drops the line that is no field; here nothing is lost"
    return [
      "attachment-filename-encoding-Latin1.msg": epilogue,
      "attachment-filename-encoding-UTF8.msg": epilogue, "empty-preamble.msg": epilogue,
      "ticket-60931.msg": epilogue, "twopart.msg": epilogue,
      "malformedHeaderStartsBody-nocrlfcrlf.msg": lost,
      "malformedHeaderStartsBody-noheader.msg": lost,
    ]
  }()

  @Test func `each of mime4j's trees is among the readings`() throws {
    var tally = Tally("mime4j")
    for path in Suites.files("mime/mime4j", ".msg") {
      let message = Message(try Suites.bytes(path))
      let expected = try String(
        decoding: Suites.bytes(String(path.dropLast(4)) + ".xml"), as: UTF8.self)
      let name = String(path.split(separator: "/").last ?? "")
      let index = message.root.readings.indices.first {
        Self.plain(EventText(message, root: $0).text) == Self.plain(expected)
      }
      if let index, let ambiguity = message.root.readings[index].ambiguity {
        tally.note("\(name) by the reading \(ambiguity)")
      }
      tally.count(index != nil, name, Self.departures[name])
      if index == nil, let folder = ProcessInfo.processInfo.environment["SUITE_DUMP"] {
        let got = EventText(message, root: 0).text
        try got.write(toFile: "\(folder)/\(name).got", atomically: true, encoding: .utf8)
        try expected.write(toFile: "\(folder)/\(name).want", atomically: true, encoding: .utf8)
      }
    }
    tally.report()
  }

  /// Lines as LF, everything beyond ASCII as one mark: the expectations were written as ASCII.
  private static func plain(_ text: String) -> String {
    let marked = text.unicodeScalars.map { $0.isASCII ? $0 : "?" }
    return String(String.UnicodeScalarView(marked)).replacing("\r\n", with: "\n")
  }
}

/// A message as mime4j's tests write its events.
private struct EventText {
  private let message: Message
  private(set) var text = ""

  init(_ message: Message, root: Int) {
    self.message = message
    part(0, "message", reading: root)
  }

  private mutating func part(_ index: Int, _ tag: String, reading number: Int = 0) {
    let reading = message.parts[index].readings[number]
    text += "<\(tag)>\n<header>\n"
    for field in reading.header.fields {
      let octets = message.runs[reading.run][field.name.lowerBound..<field.value.upperBound]
      text += "<field>\n\(escaped(octets))</field>\n"
    }
    text += "</header>\n"
    switch reading.content {
    case .multipart(let multipart):
      text += "<multipart>\n"
      if let preamble = multipart.preamble,
        !message.runs[multipart.run][preamble.lowerBound...].starts(with: [0x2D, 0x2D])
          || !preamble.isEmpty
      {
        section("preamble", preamble, multipart.run)
      }
      for child in multipart.children { part(child, "body-part") }
      if let epilogue = multipart.epilogue, !epilogue.isEmpty {
        section("epilogue", epilogue, multipart.run)
      }
      text += "</multipart>\n"
    case .message(let child): part(child, "message")
    case .leaf where reading.contentType.isMultipart:
      text += "<multipart>\n"
      section("preamble", reading.body, reading.run)
      text += "</multipart>\n"
    case .leaf, .unread:
      text += "<body>\n\(escaped(message.runs[reading.run][reading.body]))</body>\n"
    }
    text += "</\(tag)>\n"
  }

  private mutating func section(_ tag: String, _ range: Range<Int>, _ run: Int) {
    text += "<\(tag)>\n\(escaped(message.runs[run][range]))</\(tag)>\n"
  }

  private func escaped(_ octets: ArraySlice<UInt8>) -> String {
    octets.reduce(into: "") { output, byte in
      switch byte {
      case 0x26: output += "&amp;"
      case 0x3C: output += "&lt;"
      case 0x3E: output += "&gt;"
      default: output.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
  }
}
