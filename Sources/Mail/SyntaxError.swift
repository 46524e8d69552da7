/// Bytes that are not what a grammar rule wants: what was expected, and at which byte.
///
/// The one error parsers throw. Mail content never throws it (it records a `Defect` and carries on);
/// protocol lines, addresses, settings and records do.
package struct SyntaxError: Error, Hashable, Sendable {
  /// What the rule wanted, as words that follow "expected": `"a domain"`.
  package let expected: String
  /// Offset of the first byte that does not fit, from the start of what was parsed.
  package let offset: Int

  package init(expected: String, at offset: Int) {
    self.expected = expected
    self.offset = offset
  }
}

extension SyntaxError: CustomStringConvertible {
  package var description: String { "expected \(expected) at byte \(offset)" }
}
