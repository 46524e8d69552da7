/// Gzip files (RFC 1952): all members, one behind the other; what follows them is told.
enum GzipReader {
  /// Members of one file. One is usual; some tools write many.
  private static let memberLimit = 1000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard opening.admits() else { return }
    let allowance = opening.allowance
    var whole = Unpacked()
    var at = 0
    for _ in 0..<memberLimit where octets.has([0x1F, 0x8B], at: at) {
      let member = Inflate.unpack(
        octets, at..<octets.count, .gzip, limit: allowance - whole.octets.count)
      // Octets that only resemble a second member are trailing ones.
      if at > 0, member.octets.isEmpty, member.outcome != .whole { break }
      whole.octets += member.octets
      whole.outcome = member.outcome
      at += member.used
      if member.outcome != .whole { break }
    }
    noteRest(octets, from: at, whole.outcome, &opening)
    opening.take(whole, name(octets) ?? opening.contentName, at: 0..<at)
  }

  /// Zeros pad to a block of a tape.
  private static func noteRest(
    _ octets: [UInt8], from place: Int, _ outcome: Unpacked.Outcome, _ opening: inout Opening
  ) {
    guard outcome == .whole, octets[place...].contains(where: { $0 != 0 }) else { return }
    opening.note(.trailingOctets, place..<octets.count)
    opening.take(Array(octets[place...]), ArtefactName("trailing octets"))
  }

  /// RFC 1952 §2.3.1: FNAME stands behind FEXTRA and ends with NUL.
  private static func name(_ octets: [UInt8]) -> ArtefactName? {
    var at = 10
    if octets[3] & 0x04 != 0 { at += 2 + (octets.little(at, 2) ?? 0) }
    guard octets[3] & 0x08 != 0, at < octets.count else { return nil }
    let name = Array(octets[at...].prefix(1024).prefix { $0 != 0 })
    return name.isEmpty ? nil : ArtefactName(name)
  }
}
