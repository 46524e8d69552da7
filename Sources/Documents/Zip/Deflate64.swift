/// Enhanced deflate (APPNOTE.TXT method 9): deflate with a window of 64 KiB, which zlib does not know.
enum Deflate64 {
  /// RFC 1951 §3.2.5, but that the last length has 16 bits more, and there are two distances more.
  private static let lengths: [(Int, Int)] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1),
    (17, 1),
    (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4),
    (99, 4),
    (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (3, 16),
  ]
  private static let distances: [(Int, Int)] = {
    var (list, at): ([(Int, Int)], Int) = ([], 1)
    for code in 0..<32 {
      let extra = max(0, code / 2 - 1)
      list.append((at, extra))
      at += 1 << extra
    }
    return list
  }()
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  static func unpack(_ octets: [UInt8], _ range: Range<Int>, limit: Int) -> Unpacked {
    var bits = BitReader(octets, range)
    var output: [UInt8] = []
    func ended(_ outcome: Unpacked.Outcome) -> Unpacked {
      Unpacked(output, outcome, used: bits.at - range.lowerBound)
    }
    while true {
      guard let isLast = bits.next(1), let type = bits.next(2) else {
        return ended(.damaged(.truncated))
      }
      let isGood: Bool
      switch type {
      case 0: isGood = stored(&bits, &output, limit)
      case 1: isGood = compressed(&bits, &output, fixed.0, fixed.1, limit)
      case 2:
        guard let codes = dynamic(&bits) else { return ended(.damaged(.damaged)) }
        isGood = compressed(&bits, &output, codes.0, codes.1, limit)
      default: return ended(.damaged(.damaged))
      }
      if output.count >= limit {
        output.removeLast(output.count - limit)
        return ended(.limit)
      }
      guard isGood else { return ended(.damaged(.damaged)) }
      if isLast == 1 { return ended(.whole) }
    }
  }

  private static func stored(_ bits: inout BitReader, _ output: inout [UInt8], _ limit: Int) -> Bool
  {
    bits.skipToOctet()
    guard let length = bits.next(16), bits.next(16) != nil else { return false }
    for _ in 0..<length where output.count < limit {
      guard let byte = bits.next(8) else { return false }
      output.append(UInt8(byte))
    }
    return true
  }

  private static let fixed: (PrefixCode?, PrefixCode?) = {
    let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    return (PrefixCode(lengths), PrefixCode([Int](repeating: 5, count: 32)))
  }()

  /// RFC 1951 §3.2.7.
  private static func dynamic(_ bits: inout BitReader) -> (PrefixCode?, PrefixCode?)? {
    guard let literals = bits.next(5), let distances = bits.next(5), let codes = bits.next(4) else {
      return nil
    }
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<(codes + 4) {
      guard let length = bits.next(3) else { return nil }
      lengths[order[index]] = length
    }
    guard let code = PrefixCode(lengths) else { return nil }
    let total = literals + 257 + distances + 1
    var all: [Int] = []
    while all.count < total {
      guard let symbol = code.next(&bits) else { return nil }
      switch symbol {
      case 0..<16: all.append(symbol)
      case 16:
        guard let last = all.last, let count = bits.next(2) else { return nil }
        all += repeatElement(last, count: count + 3)
      default:
        guard let count = bits.next(symbol == 17 ? 3 : 7) else { return nil }
        all += repeatElement(0, count: count + (symbol == 17 ? 3 : 11))
      }
    }
    guard all.count == total else { return nil }
    return (
      PrefixCode(Array(all[..<(literals + 257)])), PrefixCode(Array(all[(literals + 257)...]))
    )
  }

  private static func compressed(
    _ bits: inout BitReader, _ output: inout [UInt8], _ literals: PrefixCode?,
    _ distances: PrefixCode?, _ limit: Int
  ) -> Bool {
    guard let literals, let distances else { return false }
    while output.count < limit {
      guard let symbol = literals.next(&bits) else { return false }
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return true }
      guard symbol - 257 < lengths.count else { return false }
      let (base, extra) = lengths[symbol - 257]
      guard let more = bits.next(extra), let code = distances.next(&bits), code < 32 else {
        return false
      }
      let (start, further) = Self.distances[code]
      guard let rest = bits.next(further), start + rest <= output.count else { return false }
      let from = output.count - start - rest
      for offset in 0..<min(base + more, limit - output.count) {
        output.append(output[from + offset])
      }
    }
    return true
  }
}
