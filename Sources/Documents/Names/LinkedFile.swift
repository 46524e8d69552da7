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
  package init?(address: ArraySlice<UInt8>) {
    let place = address.prefix { $0 != 0x3F && $0 != 0x23 }
    // `https:`, nothing, the host, and a path.
    let pieces = place.split(separator: 0x2F, maxSplits: 3, omittingEmptySubsequences: false)
    guard pieces.count > 3 else { return nil }
    self.init(path: pieces[3])
  }

  /// Of a path without query and fragment; nil for anything else.
  package init?(path: ArraySlice<UInt8>) {
    let end = path.suffix(Self.sizeLimit)
    let name = end.lastIndex { $0 == 0x2F || $0 == 0x5C }.map { end[($0 + 1)...] } ?? end
    // Most paths have neither a dot nor what may stand for one.
    guard name.contains(where: { $0 == 0x2E || $0 == 0x25 }) else { return nil }
    if name.allSatisfy({ $0.isLetter || $0.isDigit || [0x2D, 0x2E, 0x5F].contains($0) }) {
      self.init(suffix: Self.suffix(of: name))
    } else {
      self.init(suffix: NameFacts(ArtefactName(PageReader.unquoted(name))).suffix)
    }
  }

  private init?(suffix: String) {
    if Self.programs.contains(suffix) {
      self = .program
    } else if SuffixRisk(suffix) == .container {
      self = .archive
    } else {
      return nil
    }
  }

  /// Of a name of letters, digits and their like, which hides nothing; dots at its end are nothing to Windows.
  private static func suffix(of name: ArraySlice<UInt8>) -> String {
    let name = name[..<(name.lastIndex { $0 != 0x2E }.map { $0 + 1 } ?? name.startIndex)]
    guard let dot = name.lastIndex(of: 0x2E), name.endIndex - dot <= suffixLimit else { return "" }
    return String(decoding: name[(dot + 1)...].map(\.lowered), as: UTF8.self)
  }

  /// Octets of the longest suffix that is known, and some.
  private static let suffixLimit = 30
}
