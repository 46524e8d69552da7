/// Makes zips whose entries are stored, with everything that an honest one has.
enum StoredZip {
  static func octets(_ entries: [(name: String, content: [UInt8])]) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in entries {
      let place = archive.count
      let fields =
        little(10, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(checksum(content), 4)
        + little(content.count, 4) + little(content.count, 4) + little(name.utf8.count, 2)
        + little(0, 2)
      archive += Array("PK\u{3}\u{4}".utf8) + fields + Array(name.utf8) + content
      directory += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + fields + little(0, 10)
      directory += little(place, 4) + Array(name.utf8)
    }
    let end =
      Array("PK\u{5}\u{6}".utf8) + little(0, 4) + little(entries.count, 2)
      + little(entries.count, 2) + little(directory.count, 4) + little(archive.count, 4)
      + little(0, 2)
    return archive + directory + end
  }

  private static func little(_ value: Int, _ width: Int) -> [UInt8] {
    CompoundBuilder.little(value, width)
  }

  static func checksum(_ octets: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for octet in octets {
      sum ^= UInt32(octet)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
    }
    return Int(~sum)
  }
}
