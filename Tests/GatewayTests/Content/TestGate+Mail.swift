import DNS
import Foundation
import Journal
import Mail
import Transport

@testable import Gateway

extension TestGate {
  /// A gate that looks into mail, believes XCLIENT and asks a zone.
  static func inspecting(
    _ extra: String = "", inspection: String = "", zone: String = "nobody.example. A 192.0.2.99\n",
    prepare: (String) throws -> Void = { _ in }
  ) async throws -> TestGate {
    try await TestGate(
      mx: "xclient = [\"127.0.0.1\"]", resolver: ZoneResolver(zone), inspects: true,
      inspection: inspection, extra, prepare: prepare)
  }

  /// Sends a message, LF or CRLF; the reply to its content, or whatever refused before. On the mx
  /// listener a stranger sends it.
  func send(
    _ content: String, from sender: String = "a@b.example",
    to recipients: [String] = ["alice@example.test"], by listener: String = "mx"
  ) throws -> String {
    let client = try WireClient(port: port(listener))
    _ = client.hear()
    let asStranger = listener == "mx" ? ["XCLIENT ADDR=192.0.2.7 PORT=9", "EHLO peer.example"] : []
    let lines =
      ["EHLO peer.example"] + asStranger + ["MAIL FROM:<\(sender)>"]
      + recipients.map { "RCPT TO:<\($0)>" }
      + ["DATA"]
    for line in lines {
      client.say(line + "\r\n")
      let reply = client.hear()
      if reply.hasPrefix("4") || reply.hasPrefix("5") { return reply }
    }
    let text = content.replacingOccurrences(of: "\r\n", with: "\n")
    client.say(text.replacingOccurrences(of: "\n", with: "\r\n") + "\r\n.\r\n")
    return client.hear()
  }

  /// The gate's own pages.
  func page(_ path: String) -> (status: Int, body: String) {
    let status = StatusDesk(parts: gate.parts, places: []).status()
    let page = StatusText(status: status).page(path)
    return (page?.status ?? 0, page?.body ?? "")
  }

  /// What a finished judgement of mail to somebody found, newest first, once it is written.
  func judgements(_ word: String = "example.test") async throws -> [Judgement] {
    let trace = try await trace(word)
    return trace.messages.compactMap(\.judgement) + trace.refusals.compactMap(\.judgement)
  }

  func write(_ text: String, to name: String) throws {
    let path = folder + "/" + name
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

/// Messages that tests send.
enum TestMail {
  static let plain = "From: a@b.example\nSubject: hello\n\nSee you at noon.\n"

  /// A text and one attachment, whatever its octets.
  static func attaching(
    _ octets: [UInt8], name: String, subject: String = "files", text: String = "see the attachment",
    from: String = "a@b.example"
  ) -> String {
    """
    From: \(from)
    Subject: \(subject)
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=x

    --x
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 8bit

    \(text)
    --x
    Content-Type: application/octet-stream; name="\(name)"
    Content-Disposition: attachment; filename="\(name)"
    Content-Transfer-Encoding: base64

    \(Data(octets).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]))
    --x--

    """
  }

  /// The first octets of a program.
  static let program: [UInt8] = Array("MZ".utf8) + [0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF]
}
