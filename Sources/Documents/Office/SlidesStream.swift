/// The records of a PowerPoint document (MS-PPT §2.3): objects and macros are compressed compound files
/// within it.
enum SlidesStream {
  private static let recordLimit = 2_000_000
  /// ExOleObjStg and ExOleObjStgCompressedAtom (MS-PPT §2.10.34); macros are the same record.
  private static let object = 0x1011

  /// Whether `Current User` has the token of an encrypted document (MS-PPT §2.3.2).
  static func isEncrypted(user: [UInt8]) -> Bool { user.little(12, 4) == 0xF3D1_C4DF }

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    var (at, number) = (0, 0)
    for _ in 0..<recordLimit {
      guard let head = octets.little(at, 2), let type = octets.little(at + 2, 2),
        let length = octets.little(at + 4, 4)
      else { return }
      if type == object, opening.admits() {
        number += 1
        take(octets, at + 8, length, isCompressed: head >> 4 == 1, number, &opening)
      }
      // A container's records follow its header.
      at += head & 0xF == 0xF && type != object ? 8 : 8 + length
    }
    opening.note(.limitCount)
  }

  private static func take(
    _ octets: [UInt8], _ start: Int, _ length: Int, isCompressed: Bool, _ number: Int,
    _ opening: inout Opening
  ) {
    opening.note(.embeddedObject)
    let name = ArtefactName("object \(number)")
    let end = min(octets.count, start + length)
    guard isCompressed, start + 4 < end else {
      return opening.take(octets.part(start, length), name)
    }
    // The size when unpacked, then a stream of zlib's.
    opening.take(
      Inflate.unpack(octets, (start + 4)..<end, .zlib, limit: opening.allowance), name)
  }
}
