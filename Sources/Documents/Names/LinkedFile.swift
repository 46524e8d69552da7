import Mail

/// What a link leads straight to, by the name at the end of its path.
///
/// Only suffixes count that make a file act or open once it was fetched: servers run `.php`, `.pl` and
/// `.action` themselves, and a path that ends in `.com` is a name of a host as often as not.
package enum LinkedFile: Sendable {
  /// What runs at a click: programs, scripts, shortcuts, help files, images of disks.
  case program
  case archive

  private static let programs = Set(
    ("exe scr pif cpl msi msp msix msixbundle appx appxbundle jar apk xll dmg pkg "
      + "js jse vbs vbe wsf wsh wsc sct hta bat cmd ps1 chm "
      + "lnk scf url library-ms search-ms searchconnector-ms settingcontent-ms appinstaller appref-ms "
      + "diagcab jnlp iqy slk rdp msc iso img udf vhd vhdx").split(separator: " ").map {
        String($0)
      })

  /// Octets at the end of a path that are looked at.
  private static let sizeLimit = 300

  /// Of a whole address, with a scheme.
  package init?(address: some BidirectionalCollection<UInt8>) {
    let place = address.prefix { $0 != 0x3F && $0 != 0x23 }
    // `https:`, nothing, the host, and a path.
    let pieces = place.split(separator: 0x2F, maxSplits: 3, omittingEmptySubsequences: false)
    guard pieces.count > 3 else { return nil }
    self.init(path: pieces[3])
  }

  /// Of a path without query and fragment; nil for anything else.
  package init?(path: some BidirectionalCollection<UInt8>) {
    let name = path.suffix(Self.sizeLimit).reversed().prefix { $0 != 0x2F && $0 != 0x5C }.reversed()
    // Most paths have neither a dot nor what may stand for one.
    guard name.contains(where: { $0 == 0x2E || $0 == 0x25 }) else { return nil }
    let facts = NameFacts(ArtefactName(PageReader.unquoted(Array(name)[...])))
    if Self.programs.contains(facts.suffix) {
      self = .program
    } else if facts.risk == .container {
      self = .archive
    } else {
      return nil
    }
  }
}
