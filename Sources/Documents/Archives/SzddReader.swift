/// Files packed by Microsoft's `compress` (SZDD): LZ77 with a window of 4,096 octets of spaces.
enum SzddReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard let size = octets.little(10, 4), opening.admits() else { return opening.note(.truncated) }
    let limit = opening.allowance
    var window = [UInt8](repeating: 0x20, count: 4096)
    var (output, at, place): ([UInt8], Int, Int) = ([], 14, 4096 - 16)
    func put(_ byte: UInt8) {
      output.append(byte)
      window[place] = byte
      place = (place + 1) & 4095
    }
    while at < octets.count, output.count < min(size, limit) {
      let flags = octets[at]
      at += 1
      for bit in 0..<8 where at < octets.count {
        if flags & (1 << bit) != 0 {
          put(octets[at])
          at += 1
          continue
        }
        guard at + 1 < octets.count else { break }
        let from = Int(octets[at]) | Int(octets[at + 1] & 0xF0) << 4
        for offset in 0..<(Int(octets[at + 1] & 0x0F) + 3) { put(window[(from + offset) & 4095]) }
        at += 2
      }
    }
    let isCut = output.count < min(size, limit)
    let outcome: Unpacked.Outcome = size > limit ? .limit : isCut ? .damaged(.truncated) : .whole
    opening.take(Unpacked(Array(output.prefix(min(size, limit))), outcome), ArtefactName("content"))
  }
}
