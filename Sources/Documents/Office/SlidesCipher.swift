/// Opens presentations of PowerPoint 97 to 2003 that are encrypted (MS-PPT §2.3.7): each object of the main
/// stream by itself, with its number for the block; pictures lie in a stream of their own and are left alone.
///
///     Current User ─▶ the last edit ─▶ directory: number ─▶ place; one of them is the description
struct SlidesCipher {
  /// Types of records (§2.13.24).
  private enum Record {
    static let edit = 0x0FF5, directory = 0x1772, session = 0x2F14
  }
  /// Objects of one presentation: slides, masters, what is embedded.
  private static let objectLimit = 20_000
  private static let head = 8

  /// The main stream with its objects plain, if one of the passwords fits. Nil as well where objects lie in
  /// one another or are too many: no program writes that, and it stays locked.
  static func open(_ stream: [UInt8], user: [UInt8], _ passwords: [String]) -> [UInt8]? {
    guard let edit = user.little(16, 4), type(stream, edit) == Record.edit,
      let directory = stream.little(edit + head + 12, 4),
      let session = stream.little(edit + head + 28, 4)
    else { return nil }
    guard let objects = objects(stream, directory),
      let place = objects.last(where: { $0.number == session })?.place,
      type(stream, place) == Record.session,
      let cipher = OldOfficeCipher(stream.part(place + head, length(stream, place))),
      let secret = cipher.secret(passwords)
    else { return nil }
    var (plain, last) = (stream, 0)
    for object in objects.sorted(by: { $0.place < $1.place }) where object.number != session {
      guard object.place >= last else { return nil }
      var keys = cipher.cipher(secret, block: object.number)
      // Its length is encrypted, too.
      last = unlock(object.place, head, &plain, &keys)
      last = unlock(last, length(plain, object.place), &plain, &keys)
    }
    return plain
  }

  /// Where that ended.
  private static func unlock(
    _ start: Int, _ count: Int, _ stream: inout [UInt8], _ keys: inout RC4
  ) -> Int {
    let end = min(stream.count, start + count)
    guard start < end else { return start }
    keys.apply(to: &stream, in: start..<end)
    return end
  }

  private static func type(_ stream: [UInt8], _ place: Int) -> Int? { stream.little(place + 2, 2) }
  private static func length(_ stream: [UInt8], _ place: Int) -> Int {
    stream.little(place + 4, 4) ?? 0
  }

  /// Runs of a first number (20 bits), a count (12 bits) and so many places (§2.3.5).
  private static func objects(_ stream: [UInt8], _ place: Int) -> [(number: Int, place: Int)]? {
    guard type(stream, place) == Record.directory else { return nil }
    var found: [(number: Int, place: Int)] = []
    var at = place + head
    let end = min(stream.count, at + length(stream, place))
    while at < end, let run = stream.little(at, 4) {
      at += 4
      for number in 0..<(run >> 20) {
        guard at < end, let place = stream.little(at, 4), found.count < objectLimit else {
          return nil
        }
        found.append((run & 0xF_FFFF + number, place))
        at += 4
      }
    }
    return found
  }
}
