/// Imploded octets (APPNOTE.TXT method 6, PKZIP 1): a window of 4 or 8 KiB and two or three codes in
/// front. Nobody packs like this any more, and everything unpacks it.
enum Implode {
  static func unpack(
    _ octets: [UInt8], _ range: Range<Int>, _ record: ZipRecord, limit: Int
  ) -> Unpacked {
    var bits = BitReader(octets, range)
    let hasLiterals = record.flags & 4 != 0
    let lowBits = record.flags & 2 != 0 ? 7 : 6
    let shortest = hasLiterals ? 3 : 2
    var literals: PrefixCode?
    if hasLiterals { literals = code(&bits, 256) }
    guard literals != nil || !hasLiterals, let lengths = code(&bits, 64),
      let distances = code(&bits, 64)
    else { return Unpacked([], .damaged(.damaged)) }
    var output: [UInt8] = []
    func ended(_ outcome: Unpacked.Outcome) -> Unpacked {
      Unpacked(output, outcome, used: bits.at - range.lowerBound)
    }
    while output.count < record.size {
      guard output.count < limit else { return ended(.limit) }
      guard let isLiteral = bits.next(1) else { return ended(.damaged(.truncated)) }
      if isLiteral == 1 {
        guard let byte = literals.map({ $0.next(&bits) }) ?? bits.next(8) else {
          return ended(.damaged(.truncated))
        }
        output.append(UInt8(byte))
        continue
      }
      guard let low = bits.next(lowBits), let high = distances.next(&bits),
        var length = lengths.next(&bits)
      else { return ended(.damaged(.truncated)) }
      if length == 63 { length += bits.next(8) ?? 0 }
      let from = output.count - (high << lowBits | low) - 1
      for offset in 0..<min(length + shortest, limit - output.count) {
        // Before the beginning there are zeros.
        output.append(from + offset < 0 ? 0 : output[from + offset])
      }
    }
    return ended(.whole)
  }

  /// A count less one, then octets of a length less one and how many codes less one have it.
  private static func code(_ bits: inout BitReader, _ count: Int) -> PrefixCode? {
    guard let pairs = bits.next(8) else { return nil }
    var lengths: [Int] = []
    for _ in 0...pairs {
      guard let pair = bits.next(8) else { return nil }
      lengths += repeatElement((pair & 15) + 1, count: (pair >> 4) + 1)
    }
    return lengths.count == count ? PrefixCode(lengths, flipsBits: true) : nil
  }
}
