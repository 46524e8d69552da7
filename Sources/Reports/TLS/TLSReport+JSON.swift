import Foundation
package import Mail

extension TLSReport {
  /// Octets of one report: a day of a large sender's failures is a few hundred kilobytes.
  package static let sizeLimit = 8 << 20
  /// Members inside members: a report has six.
  package static let depthLimit = 24
  /// Policies, and failures of one policy.
  package static let listLimit = 10_000

  package init(json bytes: [UInt8]) throws(ReportRefusal) {
    guard bytes.count <= Self.sizeLimit else { throw .tooMuch("octets", limit: Self.sizeLimit) }
    try Self.checkDepth(bytes)
    do {
      self = try JSONDecoder().decode(TLSReport.self, from: Data(bytes))
    } catch {
      throw .notAReport
    }
    let longest = max(policies.count, policies.map { $0.failures?.count ?? 0 }.max() ?? 0)
    guard longest <= Self.listLimit else { throw .tooMuch("entries", limit: Self.listLimit) }
  }

  /// Depth is bounded before any decoder sees it. Brackets within texts don't count.
  private static func checkDepth(_ bytes: [UInt8]) throws(ReportRefusal) {
    var (depth, isText, isEscaped) = (0, false, false)
    for byte in bytes {
      if isText {
        if byte == 0x22, !isEscaped { isText = false }
        isEscaped = byte == 0x5C && !isEscaped
        continue
      }
      switch byte {
      case 0x22: isText = true
      case 0x7B, 0x5B:
        depth += 1
        guard depth <= depthLimit else {
          throw .tooMuch("members inside each other", limit: depthLimit)
        }
      case 0x7D, 0x5D: depth -= 1
      default: break
      }
    }
  }

  /// The report as it is sent, members in an order that does not change.
  package var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers always encode.
    return (try? encoder.encode(self)).map { Array($0) } ?? []
  }

  /// `sender "!" policy-domain "!" begin "!" end "." extension` (RFC 8460 §5.1).
  package static func fileName(
    sender: Domain, domain: Domain, begin: Timestamp, end: Timestamp
  ) -> String {
    "\(sender.ascii)!\(domain.ascii)!\(begin.seconds)!\(end.seconds).json.gz"
  }
}

extension TLSReport.DateRange {
  package init(from begin: Timestamp, to end: Timestamp) {
    self.init(start: Self.text(begin), end: Self.text(end))
  }

  /// RFC 3339 in whole seconds, as reporters write it.
  private static func text(_ moment: Timestamp) -> String { moment.iso8601.prefix(19) + "Z" }
}
