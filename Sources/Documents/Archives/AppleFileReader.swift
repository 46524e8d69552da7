/// AppleSingle and AppleDouble (RFC 1740 appendix A): a Macintosh file in one, or the half of it that other
/// systems have no place for.
///
///     magic (4) · version (4) · filler (16) · count (2) · count × [ id (4) · place (4) · length (4) ] · …
///
/// The data fork is the file that somebody will open. Of a resource fork only what is something by itself
/// is told. A header alone names the file that comes beside it, in a part or an archive of its own.
package enum AppleFileReader {
  private static let (dataFork, resourceFork, realName) = (1, 2, 3)
  private static let magics = [0x0005_1600, 0x0005_1607]
  private static let (countPlace, entriesStart) = (24, 26)

  /// What such a file is called on a Macintosh; nil for what is none, and where no name stands in it.
  package static func name(in octets: [UInt8]) -> ArtefactName? {
    octets.big(0, 4).map(magics.contains) == true ? name(entries(octets), octets) : nil
  }

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let entries = entries(octets)
    let isWhole = octets.big(countPlace, 2) == entries.count
    if !isWhole || entries.contains(where: { $0.end > octets.count }) { opening.note(.truncated) }
    let name = name(entries, octets)
    let forks = entries.filter { $0.id == dataFork && $0.length > 0 }
    for fork in forks {
      guard opening.admits() else { return }
      opening.take(fork.content(octets), name ?? opening.name)
    }
    if forks.isEmpty, let name { opening.note(.secondName, name.shown) }
    for fork in entries where fork.id == resourceFork {
      guard opening.admits() else { return }
      takeResources(fork.content(octets), &opening)
    }
  }

  private static func entries(_ octets: [UInt8]) -> [Entry] {
    (0..<(octets.big(countPlace, 2) ?? 0)).compactMap { Entry(octets, at: entriesStart + 12 * $0) }
  }

  private static func name(_ entries: [Entry], _ octets: [UInt8]) -> ArtefactName? {
    entries.first { $0.id == realName && $0.length > 0 }.map { ArtefactName($0.content(octets)) }
  }

  private static func takeResources(_ octets: [UInt8], _ opening: inout Opening) {
    let kinds = Identification.kinds(of: octets)
    if kinds.contains(where: { $0.risk > .passive }) {
      opening.take(octets, ArtefactName("resource fork"))
    }
  }

  /// Where a piece of the file stands.
  private struct Entry {
    let id: Int
    let place: Int
    let length: Int
    var end: Int { place + length }

    init?(_ octets: [UInt8], at start: Int) {
      guard let id = octets.big(start, 4), let place = octets.big(start + 4, 4),
        let length = octets.big(start + 8, 4)
      else { return nil }
      (self.id, self.place, self.length) = (id, place, length)
    }

    func content(_ octets: [UInt8]) -> [UInt8] { octets.part(place, length) }
  }
}
