/// A gzip file that unpacks to itself, after the idea of Russ Cox ("Zip Files All The Way Down"): blocks
/// that print what follows them, and blocks that repeat what was printed. Its checksum is wrong.
enum Quine {
  /// Prints the next `count` octets: a stored block's header, five octets.
  private static func print(_ count: Int) -> [UInt8] {
    [0] + ZipBuilder.little(count, 2) + ZipBuilder.little(count ^ 0xFFFF, 2)
  }

  /// Prints again the last `count` octets: one match in a block of fixed codes, then empty blocks up to
  /// ten octets.
  private static func again(_ count: Int) -> [UInt8] {
    var bits: [Int] = []
    func put(_ value: Int, _ width: Int) { bits += (0..<width).map { (value >> $0) & 1 } }
    /// Codes come with their most significant bit first.
    func code(_ value: Int, _ width: Int) {
      bits += (0..<width).reversed().map { (value >> $0) & 1 }
    }
    let distances = [(7, 13, 2), (8, 17, 3), (9, 25, 3)]
    put(2, 3)
    for length in count > 18 ? [count / 2, count - count / 2] : [count] {
      // Lengths from 11 to 18: four codes from 265, one more bit each.
      code(265 - 256 + (length - 11) / 2, 7)
      put((length - 11) % 2, 1)
      for (symbol, base, extra) in distances where (base..<(base + (1 << extra))).contains(count) {
        code(symbol, 5)
        put(count - base, extra)
      }
    }
    code(0, 7)
    while bits.count + 13 <= 48 {
      put(2, 3)
      code(0, 7)
    }
    while bits.count < 48 { bits.append(0) }
    let octets = stride(from: 0, to: 48, by: 8).map { start in
      UInt8((0..<8).reduce(0) { $0 | bits[start + $1] << $1 })
    }
    return octets + [0, 0, 0xFF, 0xFF]
  }

  static let gzip: [UInt8] = {
    let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    let tail: [UInt8] = [1, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8]
    let (first, last) = (head.count + 5, tail.count + 10)
    let start = again(first) + print(5) + print(10) + print(0) + print(30)
    let pairs = again(30) + print(30) + again(30) + print(30)
    let finish = again(30) + print(0) + print(0) + print(0) + print(last)
    var file = head + print(first) + head + print(first) + again(first)
    file +=
      print(10) + again(first) + print(5) + print(10) + print(0) + print(30) + start + again(30)
    file += print(30) + pairs + again(30) + print(30) + finish + again(30)
    file += print(0) + print(0) + print(0) + print(last)
    return file + again(last) + tail + again(last) + tail
  }()
}
