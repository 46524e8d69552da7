import Glibc

/// The lines of a calendar or an address card as they stand, each with those that go on with it: a line that
/// begins with a blank is folded (RFC 5545 §3.1, RFC 6350 §3.2). `unfolded` takes the folds out.
package struct CalendarLines: Sequence, IteratorProtocol {
  private let octets: [UInt8]
  private let end: Int
  private var at = 0

  /// Of the first `limit` octets.
  package init(_ octets: [UInt8], limit: Int = .max) {
    self.octets = octets
    end = Swift.min(octets.count, limit)
  }

  package mutating func next() -> ArraySlice<UInt8>? {
    guard at < end else { return nil }
    let start = at
    repeat {
      at = octets.place(of: 0x0A, in: at..<end).map { $0 + 1 } ?? end
    } while at < end && (octets[at] == 0x20 || octets[at] == 0x09)
    return octets[start..<at]
  }

  /// The colon before the value; one in a quoted parameter is none.
  static func valueMark(in line: ArraySlice<UInt8>) -> Int? {
    var isQuoted = false
    for index in line.indices {
      switch line[index] {
      case 0x22: isQuoted.toggle()
      case 0x3A where !isQuoted: return index
      default: break
      }
    }
    return nil
  }

  /// Without its line ends, and without the one blank that each fold adds.
  package static func unfolded(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(line.count)
    var isAtStart = false
    for byte in line {
      switch byte {
      case 0x0A: isAtStart = true
      case 0x0D: break
      case 0x20, 0x09:
        if !isAtStart { plain.append(byte) }
        isAtStart = false
      default:
        plain.append(byte)
        isAtStart = false
      }
    }
    return plain
  }
}
