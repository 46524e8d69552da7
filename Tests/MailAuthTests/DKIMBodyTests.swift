import MailAuth
import Testing

/// Canonical bodies (RFC 6376 §3.4.3, §3.4.4), compared by their hash.
@Suite struct DKIMBodyTests {
  private func digest(
    _ body: String, _ canonicalization: SignatureCanonicalization, length: Int? = nil,
    pieces: Int = .max
  ) -> [UInt8]? {
    let request = SignatureBodyHasher.Request(canonicalization, length: length)
    var hasher = SignatureBodyHasher([request])
    var rest = Array(body.utf8)[...]
    while !rest.isEmpty {
      hasher.append(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
    }
    return hasher.finish().digest(request)
  }

  /// A simple body that ends in one CRLF is its own canonical form.
  private func plain(_ canonical: String) -> [UInt8]? {
    canonical.isEmpty ? digest("", .relaxed) : digest(canonical, .simple)
  }

  @Test(arguments: [
    ("", "\r\n"), ("\r\n", "\r\n"), ("\r\n\r\n\r\n", "\r\n"), ("a", "a\r\n"),
    (" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n"), ("a\r\n \r\n\r\n", "a\r\n \r\n"),
    ("\r\na", "\r\na\r\n"), ("a\rb", "a\rb\r\n"), ("a\r", "a\r\r\n"), ("a\nb", "a\r\nb\r\n"),
  ])
  func `simple drops the empty lines at the end`(body: String, canonical: String) {
    #expect(digest(body, .simple) == plain(canonical))
  }

  @Test(arguments: [
    ("", ""), ("\r\n", ""), (" \t \r\n\r\n", ""), ("a", "a\r\n"), ("a  ", "a\r\n"),
    (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"), ("a\r\n \t\r\nb", "a\r\n\r\nb\r\n"),
    ("  a", " a\r\n"), ("a \r b", "a \r b\r\n"), ("a\t\nb\t\tc", "a\r\nb c\r\n"),
    ("\r\n\r\na\r\n  ", "\r\n\r\na\r\n"), ("a\u{1}  \u{1}b", "a\u{1} \u{1}b\r\n"),
  ])
  func `relaxed makes one blank of many and none at the end of a line`(
    body: String, canonical: String
  ) {
    #expect(digest(body, .relaxed) == plain(canonical))
  }

  @Test func `where a body is cut does not matter`() {
    let body = "One  two\t\r\n \r\n\r\n three \r four\r\n\tfive  \r\n\r\n six\n\r\n\r"
    for canonicalization in [SignatureCanonicalization.simple, .relaxed] {
      let whole = digest(body, canonicalization)
      for size in 1...12 { #expect(digest(body, canonicalization, pieces: size) == whole) }
      for length in [0, 1, 7, 20] {
        let cut = digest(body, canonicalization, length: length)
        #expect(cut != nil)
        #expect(digest(body, canonicalization, length: length, pieces: 3) == cut)
      }
    }
  }

  @Test func `l= hashes the front of the canonical body`() {
    #expect(digest("a  b\r\ncd", .relaxed, length: 3) == digest("a b and more", .simple, length: 3))
    #expect(digest("anything", .relaxed, length: 0) == digest("", .relaxed))
    #expect(digest("a", .relaxed, length: 3) == digest("a", .relaxed))
    #expect(digest("a", .relaxed, length: 4) == nil)
  }

  @Test func `many empty lines and blanks cost no memory of their own`() {
    let lines = String(repeating: "\r\n", count: 100_000)
    #expect(digest("a\r\n" + lines, .relaxed) == plain("a\r\n"))
    #expect(digest("a" + lines + "b", .relaxed, pieces: 65_536) == plain("a" + lines + "b\r\n"))
    let blanks = String(repeating: " \t", count: 100_000)
    #expect(digest("a" + blanks + "b" + blanks, .relaxed, pieces: 10_000) == plain("a b\r\n"))
  }

  @Test func `all requests are answered in one pass`() {
    let body = Array("One  line\r\nand another\r\n".utf8)[...]
    let requests: Set<SignatureBodyHasher.Request> = [
      .init(.simple), .init(.relaxed), .init(.relaxed, length: 5), .init(.relaxed, length: 9),
      .init(.simple, length: 500),
    ]
    let hashes = SignatureBodyHasher.hashes(of: body, requests)
    #expect(requests.count { hashes.digest($0) != nil } == 4)
    #expect(hashes.rest(.init(.relaxed, length: 5)) == "One line\r\nand another\r\n".utf8.count - 5)
    #expect(hashes.rest(.init(.simple)) == 0)
  }
}
