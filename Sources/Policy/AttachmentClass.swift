package import Inspection

/// What attached files are to policy, as inspection found it: by content, and by name only where that
/// decides what a click does.
package enum AttachmentClass: String, Codable, Hashable, Sendable, CaseIterable {
  /// What a machine runs.
  case program
  /// What an interpreter runs: JavaScript, batch files, PowerShell …
  case script
  /// What leads a shell to something else: .lnk, .url, .search-ms …
  case shortcut
  /// Office documents with macros.
  case macro = "macro-document"
  /// Archives and Office files that are encrypted, opened with a password from the mail or not.
  case encrypted
  case diskImage = "disk-image"
  /// Files that hold others.
  case archive
  /// Pages that a browser opens: HTML, SVG, MHT.
  case page

  /// The findings that say so.
  private static let rules: [AttachmentClass: Set<String>] = [
    .program: ["file.program", "file.packed-program", "file.other-program"],
    .script: [
      "file.script", "file.packed-script", "file.other-script", "file.help", "script.encoded",
    ],
    .shortcut: ["file.shortcut", "file.packed-shortcut", "shortcut.arguments"],
    .macro: [
      "office.macros", "office.auto-macro", "office.acting-macro", "office.excel4",
    ],
    .encrypted: ["archive.encrypted", passwordInMail, scannerSawEncryption],
    .diskImage: ["container.disk-image", "container.disk-image-active"],
  ]

  /// That an archive opened with a password that the sender wrote: the class and nothing else.
  package static let passwordInMail = "archive.password-in-mail"
  /// Of the whole message, so it has no place.
  private static let scannerSawEncryption = "scanner.encrypted"

  private var kinds: Set<String> {
    switch self {
    case .archive:
      [
        "zip", "sevenZip", "rar", "tar", "gzip", "bzip2", "xz", "lzma", "zstandard", "lzip", "lz4",
        "compress", "cabinet", "arj", "lha", "cpio", "ar", "rpm", "deb", "xar", "ace",
        "otherArchive",
      ]
    case .page: ["html", "svg", "mht"]
    default: []
    }
  }

  /// Whether a file is of this class; `findings` are those at its path.
  func has(_ file: AttachedFile, _ findings: [Finding]) -> Bool {
    let rules = Self.rules[self] ?? []
    return findings.contains { rules.contains($0.rule) } || !kinds.isDisjoint(with: file.kinds)
  }

  /// Whether a finding says no more than that a file is of a class.
  package func says(_ finding: Finding) -> Bool {
    Self.rules[self]?.contains(finding.rule) == true
  }
}
