import Foundation
import Testing

@testable import Mail

/// Apache James mime4j's messages: each expected event stream against the tree's first readings.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct Mime4jSuiteTests {
  /// Where the expectation is not what the RFC says, with the reason.
  private static let departures: [String: String] = [:]

  @Test func `first readings of mime4j's messages are the expected trees`() throws {
    var tally = Tally("mime4j")
    for path in Suites.files("mime/mime4j", ".msg") {
      let message = Message(try Suites.bytes(path))
      let expected = try String(
        decoding: Suites.bytes(String(path.dropLast(4)) + ".xml"), as: UTF8.self)
      let name = String(path.split(separator: "/").last ?? "")
      let events = EventText(message).text
      let isSame = Self.squeezed(events) == Self.squeezed(expected)
      tally.count(isSame || Self.departures[name] != nil, name)
      if !isSame, ProcessInfo.processInfo.environment["SUITE_DUMP"] != nil {
        try events.write(toFile: "/tmp/w/mime/dump/\(name).got", atomically: true, encoding: .utf8)
        try expected.write(toFile: "/tmp/w/mime/dump/\(name).want", atomically: true, encoding: .utf8)
      }
    }
    tally.report()
    #expect(tally.failed.isEmpty)
  }

  private static func squeezed(_ text: String) -> String {
    text.replacing("\r\n", with: "\n")
  }
}

/// A message as mime4j's tests write its events.
private struct EventText {
  private let message: Message
  private(set) var text = ""

  init(_ message: Message) {
    self.message = message
    part(0, "message")
  }

  private mutating func part(_ index: Int, _ tag: String) {
    let reading = message.parts[index].readings[0]
    text += "<\(tag)>\n<header>\n"
    for field in reading.header.fields {
      let octets = message.runs[reading.run][field.name.lowerBound..<field.value.upperBound]
      text += "<field>\n\(escaped(octets))</field>\n"
    }
    text += "</header>\n"
    switch reading.content {
    case .multipart(let multipart):
      text += "<multipart>\n"
      section("preamble", multipart.preamble, multipart.run)
      for child in multipart.children { part(child, "body-part") }
      section("epilogue", multipart.epilogue, multipart.run)
      text += "</multipart>\n"
    case .message(let child): part(child, "message")
    case .leaf, .unread:
      text += "<body>\n\(escaped(message.runs[reading.run][reading.body]))</body>\n"
    }
    text += "</\(tag)>\n"
  }

  private mutating func section(_ tag: String, _ range: Range<Int>?, _ run: Int) {
    guard let range, !range.isEmpty else { return }
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
