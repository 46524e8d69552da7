/// What octets are, by their content. The names are stable: rules and the journal refer to them.
package enum ArtefactKind: String, Hashable, Codable, Sendable, CaseIterable {
  // What a machine runs.
  case portableExecutable, dosExecutable, elf, machO, dex, javaClass, javaArchive, androidPackage
  case webAssembly, windowsInstaller, appPackage, symbianPackage
  // What an interpreter runs.
  case shellScript, pythonScript, perlScript, phpScript, vbScript, javaScript, encodedScript
  case windowsScript, htmlApplication, batch, powerShell, autoIt, appleScript
  // What leads a shell to something else.
  case shortcut, internetShortcut, shellCommand, library, savedSearch, registry, javaLauncher
  case settingContent, webQuery, symbolicLink, setupInformation, desktopEntry, remoteDesktop
  case appInstaller, clickOnce
  // Documents that may be active.
  case compiledHelp, windowsHelp, macroWord, macroSheet, macroSlides, binarySheet
  case wordBinary, sheetBinary, slidesBinary, compoundFile, outlookMessage, publisher, visio
  case word, sheet, slides, drawing, wordXML, sheetXML, packageXML, encryptedOffice
  case openDocument, activeMime, rtf, pdf, postScript, oneNote, access, flash, html, svg, mht, mail
  // Containers.
  case iso9660, udf, diskImage, vhd, vhdx, vmdk, dmg, fat, ntfs
  case zip, sevenZip, rar, tar, gzip, bzip2, xz, lzma, zstandard, lzip, lz4, compress, cabinet, arj
  case lha, cpio, ar, rpm, deb, xar, ace, otherArchive, tnef, szdd, pst, appleFile, nsis, uuencoded,
    yEncoded,
    binHex
  case olePackage, oleNative
  // Passive things.
  case png, jpeg, gif, bmp, tiff, webP, icon, heif, enhancedMetafile, metafile, photoshop
  case audio, video, font, xml, json, calendar, contact, csv, text, openPGP, certificate, signature
  case empty, unknown
}

/// How dangerous a kind is by itself, when somebody opens it.
package enum Risk: Int, Comparable, Codable, Sendable {
  /// Shows itself and does nothing.
  case passive
  /// Holds others; what is within counts.
  case container
  /// A document that can carry code, or fetch it.
  case document
  /// Runs something, or is a place where marks of the internet are lost.
  case active

  package static func < (left: Risk, right: Risk) -> Bool { left.rawValue < right.rawValue }
}

extension ArtefactKind {
  package var risk: Risk {
    let place = Self.order[self] ?? 0
    if place <= Self.lastActive { return .active }
    if place <= Self.lastDocument { return .document }
    return place <= Self.lastContainer ? .container : .passive
  }

  /// Their order in the list above is the order of their risk.
  static let order: [ArtefactKind: Int] = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
  private static let lastActive = order[.compiledHelp] ?? 0
  private static let lastDocument = order[.mail] ?? 0
  private static let lastContainer = order[.oleNative] ?? 0
}
