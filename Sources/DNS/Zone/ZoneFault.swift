/// What is wrong with a zone file, and where: lines and columns (octets) count from 1.
package struct ZoneFault: Error, Hashable, Sendable {
  /// What should stand there, as words that follow "expected".
  package let expected: String
  package let line: Int
  package let column: Int
}

extension ZoneFault: CustomStringConvertible {
  package var description: String { "line \(line), column \(column): expected \(expected)" }
}
