/// Where a zip's central directory ends, and so where it begins (APPNOTE.TXT 4.3.16, zip64 4.3.14).
///
/// Programs differ in which end they believe when there are several, and in whether the directory is
/// where the end says or directly before it; every one that leads to entries is followed.
struct ZipDirectoryEnd: Hashable {
  /// Of the record itself.
  let place: Int
  /// Entries that it promises.
  let count: Int
  /// Where the directory really begins.
  let directory: Int
  /// Octets in front of the archive: what is to be added to every offset.
  let shift: Int
  /// Behind its comment.
  let end: Int

  static let signature = Array("PK\u{5}\u{6}".utf8)
  private static let size = 22
  /// Ends that are looked at: one is usual.
  private static let limit = 8

  /// In the order of their places; the last is what most programs use.
  static func all(in octets: [UInt8]) -> [ZipDirectoryEnd] {
    let tail = max(0, octets.count - Identification.tailSize)..<octets.count
    // Its last two octets are seldom in anything else, its first two are letters.
    return octets.places(of: [0x05, 0x06], in: tail, limit: .max).map { $0 - 2 }
      .filter { octets.has(signature, at: $0) }.suffix(limit).flatMap { ends(octets, at: $0) }
  }

  private static func ends(_ octets: [UInt8], at place: Int) -> [ZipDirectoryEnd] {
    guard place + size <= octets.count, let count = octets.little(place + 10, 2),
      let length = octets.little(place + 12, 4), let offset = octets.little(place + 16, 4),
      let comment = octets.little(place + 20, 2)
    else { return [] }
    let end = min(octets.count, place + size + comment)
    var found: [ZipDirectoryEnd] = []
    func add(_ count: Int, _ length: Int, _ offset: Int, before: Int) {
      // Directly before the end is where it is, whatever stands in front of the archive.
      for directory in [before - length, offset] where directory >= 0 {
        guard ZipRecord.isCentral(octets, directory) else { continue }
        let new = ZipDirectoryEnd(
          place: place, count: count, directory: directory, shift: directory - offset, end: end)
        if !found.contains(where: { $0.directory == directory }) { found.append(new) }
      }
    }
    add(count, length, offset, before: place)
    if let large = zip64(octets, place) {
      add(large.count, large.length, large.offset, before: large.place)
    }
    return found
  }

  /// The locator stands directly before the end, and says where the larger record is.
  private static func zip64(
    _ octets: [UInt8], _ place: Int
  ) -> (place: Int, count: Int, length: Int, offset: Int)? {
    guard octets.has("PK\u{6}\u{7}", at: place - 20), let told = octets.little(place - 12, 8) else {
      return nil
    }
    let record = [told, place - 76].first { octets.has("PK\u{6}\u{6}", at: $0) }
    guard let record, let count = octets.little(record + 32, 8),
      let length = octets.little(record + 40, 8), let offset = octets.little(record + 48, 8)
    else { return nil }
    return (record, count, length, offset)
  }
}
