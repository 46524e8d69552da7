/// Something in an artefact that is not as its format wants it: what, and where. Never an error: reading
/// records it and carries on.
package struct DocumentDefect: Hashable, Codable, Sendable {
  package let kind: Kind
  /// In the artefact's own octets; nil where there is no one place.
  package let place: Range<Int>?
  /// The entry's name or what the library said, printable and bounded.
  package let detail: String

  package init(_ kind: Kind, _ place: Range<Int>? = nil, _ detail: String = "") {
    self.kind = kind
    self.place = place
    self.detail = detail
  }

  /// What is wrong. The names are stable: rules and the journal refer to them.
  package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    // Zip: its two lists of contents, and what stands between.
    case zipDirectoryMissing, zipSeveralDirectories, zipCountWrong, zipDisagreement, zipHiddenEntry
    case zipEntryMissing, zipOverlap, zipRepeatedName, zipGap
    // Octets that do not belong to the format.
    case leadingOctets, trailingOctets
    // Content that is not what was promised.
    case checksum, sizeWrong, truncated, damaged, methodUnknown, formatUnknown, loop
    /// It contains itself, or a file that does.
    case containsItself
    // Bounds: something was left unread.
    case limitDepth, limitCount, limitOctets, limitRatio, limitEntry, limitMemory, limitTime
    case limitDefects
  }
}

extension DocumentDefect.Kind {
  /// Whether a bound was hit.
  package var isLimit: Bool { rawValue.hasPrefix("limit") }

  /// Whether content was left unread, so that what holds it can't be judged clean.
  package var leavesUnread: Bool {
    switch self {
    case .truncated, .damaged, .methodUnknown, .formatUnknown, .zipEntryMissing, .containsItself,
      .loop:
      true
    default: isLimit
    }
  }
}
