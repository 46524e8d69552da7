/// Makes compound files (MS-CFB) with one sector of tables: no more than 63 KB.
enum CompoundBuilder {
  indirect enum Node {
    case stream(String, [UInt8])
    case storage(String, [Node])
  }

  private struct Entry {
    var name: String
    var type: Int
    var right = noEntry
    var child = noEntry
    var content: [UInt8] = []
    var start = endOfChain
  }

  private static let (noEntry, endOfChain, free, table) = (
    0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
  )
  private static let sector = 512

  static func file(_ nodes: [Node]) -> [UInt8] {
    var entries = [Entry(name: "Root Entry", type: 5)]
    entries[0].child = add(nodes, &entries)
    let directory = (entries.count + 3) / 4
    var chains = [table] + chain(from: 1, count: directory)
    var data: [UInt8] = []
    for index in entries.indices where !entries[index].content.isEmpty {
      let count = (entries[index].content.count + sector - 1) / sector
      entries[index].start = chains.count
      chains += chain(from: chains.count, count: count)
      data += padded(entries[index].content, count * sector)
    }
    chains += [Int](repeating: free, count: max(0, 128 - chains.count))
    let list = padded(entries.flatMap(record), directory * sector)
    return header + chains.prefix(128).flatMap { little($0, 4) } + list + data
  }

  private static func add(_ nodes: [Node], _ entries: inout [Entry]) -> Int {
    var next = noEntry
    for node in nodes.reversed() {
      let index = entries.count
      switch node {
      case .stream(let name, let content):
        entries.append(Entry(name: name, type: 2, right: next, content: content))
      case .storage(let name, let children):
        entries.append(Entry(name: name, type: 1, right: next))
        let child = add(children, &entries)
        entries[index].child = child
      }
      next = index
    }
    return next
  }

  private static func chain(from start: Int, count: Int) -> [Int] {
    (0..<count).map { $0 + 1 < count ? start + $0 + 1 : endOfChain }
  }

  /// Version 3, sectors of 512, one table in sector 0, the directory in 1, no small streams.
  private static var header: [UInt8] {
    var head: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + little(0, 16)
    head += little(0x3E, 2) + little(3, 2) + little(0xFFFE, 2) + little(9, 2) + little(6, 2)
    head += little(0, 6) + little(0, 4) + little(1, 4) + little(1, 4) + little(0, 4) + little(0, 4)
    head += little(endOfChain, 4) + little(0, 4) + little(endOfChain, 4) + little(0, 4)
    return head + little(0, 4) + (0..<108).flatMap { _ in little(free, 4) }
  }

  private static func record(_ entry: Entry) -> [UInt8] {
    let name = entry.name.utf16.flatMap { little(Int($0), 2) }
    var record = padded(name, 64) + little(name.count + 2, 2) + little(entry.type, 1) + little(1, 1)
    record += little(noEntry, 4) + little(entry.right, 4) + little(entry.child, 4)
    record += padded([], 36)
    return record + little(entry.start, 4) + little(entry.content.count, 8)
  }

  private static func padded(_ octets: [UInt8], _ size: Int) -> [UInt8] {
    octets + [UInt8](repeating: 0, count: max(0, size - octets.count))
  }

  static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }
}
