/// Reads a stored body in pieces and gives it as its amendment says.
package struct AmendedReading: Sendable {
  private let amendment: Amendment
  /// Octets of the stored body that were taken.
  private var offset = 0
  /// The next edit, or the one whose place is being passed by.
  private var edit = 0
  private var isBegun = false
  /// Its replacement was given, and the rest of its place is still to be left out.
  private var isInside = false

  package init(_ amendment: Amendment) { self.amendment = amendment }

  /// What is read for the next stored octets; may be empty while a long place is left out.
  package mutating func take(_ piece: [UInt8]) -> [UInt8] {
    guard !amendment.isEmpty else { return piece }
    var read = begin()
    let start = offset
    let end = start + piece.count
    while offset < end {
      guard let next = nextEdit, next.range.lowerBound < end else {
        read += piece[(offset - start)...]
        offset = end
        break
      }
      if !isInside {
        read += piece[(offset - start)..<(next.range.lowerBound - start)]
        read += next.replacement
        isInside = true
      }
      offset = min(next.range.upperBound, end)
      if offset == next.range.upperBound { (edit, isInside) = (edit + 1, false) }
    }
    return read
  }

  /// What stands behind the last stored octet.
  package mutating func end() -> [UInt8] {
    var read = begin()
    while let next = nextEdit, next.range.lowerBound == offset, !isInside {
      read += next.replacement
      edit += 1
    }
    return read
  }

  private var nextEdit: Amendment.Edit? {
    edit < amendment.edits.count ? amendment.edits[edit] : nil
  }

  private mutating func begin() -> [UInt8] {
    defer { isBegun = true }
    return isBegun ? [] : amendment.front
  }
}
