/// Mail as it comes: what the parsers are fed.
enum SampleMail {
  /// Some 4 KB of plain text, as `smtp-source` sends, with the header that a client writes.
  static let plain = bytes(header + "\r\n" + String(repeating: line, count: 44))

  /// Some 110 KB: a text in Japanese, the same as HTML, and a PDF's worth of base64.
  static let multipart: [UInt8] = {
    let text = "5pel5pys6Kqe44Gu44Oh44O844Or44Gn44GZ44CC44GU56K66KqN44GP44Gg44GV44GE44CC\r\n"
    let mark = "=_outer_4711"
    var mail = header.replacing(
      "text/plain; charset=utf-8", with: "multipart/mixed; boundary=\"\(mark)\"")
    mail += "\r\n--\(mark)\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n"
    mail += "--in\r\nContent-Type: text/plain; charset=utf-8\r\n"
    mail += "Content-Transfer-Encoding: base64\r\n\r\n" + String(repeating: text, count: 40)
    mail += "--in\r\nContent-Type: text/html; charset=utf-8\r\n"
    mail += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    mail += String(
      repeating:
        "<p class=3D\"a\">=E6=97=A5=E6=9C=AC=E8=AA=9E<a href=3D\"https://example.jp/\">x</a>=\r\n",
      count: 60)
    mail += "\r\n--in--\r\n--\(mark)\r\nContent-Type: application/pdf\r\n"
    mail += "Content-Disposition: attachment; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf\r\n"
    mail += "Content-Transfer-Encoding: base64\r\n\r\n" + String(repeating: text, count: 1300)
    return bytes(mail + "--\(mark)--\r\n")
  }()

  /// Octets of the plain mail's header section, the empty line with it.
  static let headerLength = bytes(header + "\r\n").count

  private static let line =
    "The quick brown fox jumps over the lazy dog, and nobody asks the dog what it thinks of that.\r\n"

  private static let header = """
    Received: from client.example (client.example [192.0.2.7])\r
    \tby relay.example with ESMTPS id 01JD; Tue, 24 Nov 2026 10:00:00 +0900\r
    From: =?UTF-8?B?5bGx55Sw?= <yamada@example.jp>\r
    To: somebody@example.test, "Else, Some" <else@example.test>\r
    Subject: =?ISO-2022-JP?B?GyRCQEE1YT1xJE47dhsoQg==?=\r
    Date: Tue, 24 Nov 2026 10:00:00 +0900\r
    Message-ID: <20261124010000.4711@example.jp>\r
    MIME-Version: 1.0\r
    Content-Type: text/plain; charset=utf-8\r

    """

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
