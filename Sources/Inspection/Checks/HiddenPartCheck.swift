import Mail

/// Parts that the usual reading of a message does not have and another does: some people's programs show
/// them, and filters that read in one way only never see them.
struct HiddenPartCheck: MessageCheck {
  func findings(of specimen: Specimen) -> [Finding] {
    // Text shown in another place is what ambiguity comes to in honest mail.
    let hidden = specimen.leaves.first { leaf in
      leaf.isAlternative && (!leaf.names.isEmpty || !leaf.reading.contentType.isText)
    }
    guard let hidden, !Self.isSeen(hidden, in: specimen) else { return [] }
    let evidence = hidden.names.first ?? "\(hidden.reading.contentType)"
    return [Self.part.finding(evidence, at: hidden.place, path: hidden.path)]
  }

  /// Whether the first readings have a part of that name, too.
  private static func isSeen(_ hidden: Leaf, in specimen: Specimen) -> Bool {
    specimen.leaves.contains { !$0.isAlternative && $0.names == hidden.names && !$0.names.isEmpty }
  }

  private static let part = Remark(
    "format.hidden-part", .format, 4,
    ja: "通常の読み方では見えない添付({})が、別の読み方では現れます。",
    en: "A part ({}) that the usual reading does not have appears in another.")
}
