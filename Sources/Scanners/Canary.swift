import Inspection
import Mail

/// A message that must be caught: sent through the real path every few minutes, it shows that the path
/// still catches. It carries one of `TestTexts`.
package struct Canary: Hashable, Sendable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    case eicar, gtube
  }

  package let kind: Kind
  /// Whole, with CRLF; addressed to nobody, for the gate never delivers it.
  package let message: [UInt8]
  /// Rules of which each must be found, by any one of its names.
  package let expected: [Set<String>]

  /// `domain` is the gate's own name; `withScanner` whether a scanner should find EICAR, too.
  package init(_ kind: Kind, domain: String, withScanner: Bool) {
    self.kind = kind
    let header = [
      "From: canary@\(domain)", "To: canary@\(domain)",
      "Subject: Kadomori canary (\(kind.rawValue))",
      "Date: Thu, 1 Jan 2026 00:00:00 +0000", "Message-ID: <canary.\(kind.rawValue)@\(domain)>",
      "MIME-Version: 1.0",
    ]
    switch kind {
    case .eicar:
      message = Self.lines(
        header + [
          "Content-Type: application/octet-stream; name=\"canary.com\"",
          "Content-Disposition: attachment; filename=\"canary.com\"",
          "Content-Transfer-Encoding: base64", "", Base64.encode(TestTexts.eicar),
        ])
      expected = [["malware.eicar"]] + (withScanner ? [["malware.clamd"]] : [])
    case .gtube:
      message = Self.lines(
        header + [
          "Content-Type: text/plain; charset=us-ascii", "",
          String(decoding: TestTexts.gtube, as: UTF8.self),
        ])
      expected = [["spam.gtube"]]
    }
  }

  /// What was not found and should have been: empty when the path is well.
  package func missing(in found: Set<String>) -> [String] {
    expected.filter { $0.isDisjoint(with: found) }.map { $0.sorted().joined(separator: " or ") }
  }

  private static func lines(_ lines: [String]) -> [UInt8] {
    lines.flatMap { line -> [UInt8] in Array(line.utf8) + [0x0D, 0x0A] }
  }
}
