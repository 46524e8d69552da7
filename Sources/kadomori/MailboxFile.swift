import Mail

/// A file of many messages, each behind a line `From sender date` (mbox, RFC 4155).
enum MailboxFile {
  private static let mark = Array("From ".utf8)

  /// Where each message stands; one range for a file that is no mbox. The line counts only at the start
  /// and behind an empty line, and where a field follows it: text has lines like that, too.
  static func messages(in octets: [UInt8]) -> [Range<Int>] {
    guard octets.starts(with: mark) else { return [0..<octets.count] }
    var starts = [0]
    var at = 0
    while let feed = octets[at...].firstIndex(of: 0x0A) {
      let line = octets[at..<feed]
      at = feed + 1
      let isEmpty = line.isEmpty || (line.count == 1 && line.first == 0x0D)
      if isEmpty, isStart(octets, at) { starts.append(at) }
    }
    return zip(starts, starts.dropFirst() + [octets.count]).map { $0..<$1 }
  }

  private static func isStart(_ octets: [UInt8], _ at: Int) -> Bool {
    guard octets[at...].starts(with: mark), let feed = octets[at...].firstIndex(of: 0x0A) else {
      return false
    }
    let next = octets[(feed + 1)...].prefix(80)
    let name = next.prefix { (0x21...0x7E).contains($0) && $0 != 0x3A }
    return !name.isEmpty && next.dropFirst(name.count).first == 0x3A
  }
}
