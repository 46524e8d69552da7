/// Where something stands in a message: octets of one of its runs.
///
/// Run 0 is the message as it came. Others are what had to be decoded before it could be read further:
/// a `message/rfc822` in base 64, or the message with its bare CRs read as line ends or its NULs left out.
package struct Place: Hashable, Codable, Sendable {
  package let run: Int
  package let start: Int
  package let end: Int

  package init(run: Int, _ range: Range<Int>) {
    self.run = run
    start = range.lowerBound
    end = range.upperBound
  }

  package var range: Range<Int> { start..<end }
}

extension Place: CustomStringConvertible {
  package var description: String { run == 0 ? "\(start)–\(end)" : "run \(run): \(start)–\(end)" }
}
