/// Files packed by Unix `compress` (`.Z`): LZW with codes of 9 to 16 bits, the least first, in groups of
/// eight, after which the width may change.
///
/// libarchive has it, too, but reads the header before it has anything to read from when the filter is
/// chosen by hand (3.6.2).
enum CompressReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard opening.admits() else { return }
    opening.take(unpack(octets, limit: opening.allowance), opening.contentName)
  }

  private static let clear = 256

  static func unpack(_ octets: [UInt8], limit: Int) -> Unpacked {
    guard octets.count > 3, (9...16).contains(octets[2] & 0x1F) else {
      return Unpacked([], .damaged(.damaged))
    }
    let most = Int(octets[2] & 0x1F)
    let first = octets[2] & 0x80 != 0 ? 257 : 256
    var codes = CodeGroups(octets, from: 3)
    var table = Table(first: first)
    var (output, previous): ([UInt8], Int?) = ([], nil)
    while let code = codes.next() {
      if code == clear, first == 257 {
        codes.change(width: 9)
        table = Table(first: first)
        previous = nil
        continue
      }
      guard table.append(code, after: previous, to: &output, most: 1 << most) else {
        return Unpacked(output, .damaged(.damaged))
      }
      previous = code
      if output.count > limit { return Unpacked(Array(output.prefix(limit)), .limit) }
      // The entry that the next code makes counts already.
      if table.count >= 1 << codes.width, codes.width < most {
        codes.change(width: codes.width + 1)
      }
    }
    return Unpacked(output, output.isEmpty ? .damaged(.truncated) : .whole)
  }

  /// Codes one after the other.
  private struct CodeGroups {
    private let octets: [UInt8]
    private var base: Int
    private var bit = 0
    private(set) var width = 9

    init(_ octets: [UInt8], from base: Int) { (self.octets, self.base) = (octets, base) }

    mutating func next() -> Int? {
      let place = base + bit / 8
      guard (base * 8 + bit + width + 7) / 8 <= octets.count else { return nil }
      let word = (0..<3).reduce(0) { sum, index in
        sum | (place + index < octets.count ? Int(octets[place + index]) << (8 * index) : 0)
      }
      let code = (word >> (bit % 8)) & ((1 << width) - 1)
      bit += width
      return code
    }

    /// What is left of the group is not used.
    mutating func change(width new: Int) {
      let group = 8 * width
      base += (bit + group - 1) / group * width
      (bit, width) = (0, new)
    }
  }

  /// A code is a code before it and an octet more.
  private struct Table {
    private var before: [Int]
    private var last: [UInt8]
    private var lengths: [Int]

    init(first: Int) {
      before = [Int](repeating: -1, count: first)
      last = (0..<first).map { UInt8(truncatingIfNeeded: $0) }
      lengths = [Int](repeating: 1, count: first)
    }

    var count: Int { before.count }

    /// Writes what `code` stands for, and makes the entry that follows from it.
    mutating func append(
      _ code: Int, after previous: Int?, to output: inout [UInt8], most: Int
    ) -> Bool {
      guard let previous else {
        output.append(UInt8(truncatingIfNeeded: code))
        return code < 256
      }
      guard code <= before.count else { return false }
      let source = code < before.count ? code : previous
      var text = [UInt8](repeating: 0, count: lengths[source])
      var at = source
      for index in text.indices.reversed() {
        text[index] = last[at]
        at = before[at]
      }
      output += text
      if code == before.count { output.append(text[0]) }
      if before.count < most {
        before.append(previous)
        last.append(text[0])
        lengths.append(lengths[previous] + 1)
      }
      return true
    }
  }
}
