/// A file that an Office document carries as an icon (`\x01Ole10Native`): its names, then its octets.
struct OlePackage {
  let label: [UInt8]
  let path: [UInt8]
  let content: [UInt8]

  private static let nameLimit = 2048

  /// `size(4) 2(2) label\0 path\0 3(4) length(4) temporary path\0 size(4) octets`.
  init?(_ octets: [UInt8]) {
    guard octets.little(4, 2) == 2 else { return nil }
    var at = 6
    func string() -> [UInt8]? {
      guard at < octets.count,
        let end = octets.place(of: [0], in: at..<min(octets.count, at + Self.nameLimit))
      else { return nil }
      defer { at = end + 1 }
      return Array(octets[at..<end])
    }
    guard let label = string(), let path = string() else { return nil }
    at += 4
    guard let length = octets.little(at, 4), length < Self.nameLimit else { return nil }
    at += 4 + length
    guard let size = octets.little(at, 4) else { return nil }
    (self.label, self.path) = (label, path)
    content = octets.part(at + 4, size)
  }

  static func take(_ package: OlePackage, _ opening: inout Opening) {
    let name = package.label.isEmpty ? package.path : package.label
    opening.note(.olePackage, ArtefactName(name).text)
    opening.take(package.content, ArtefactName(name))
  }
}
