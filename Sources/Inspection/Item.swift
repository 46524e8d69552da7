package import Documents

/// Octets to look at: the content of a leaf, or of what was found within one.
package struct Item: Sendable {
  package let octets: [UInt8]
  /// What they can be taken for, the riskiest first.
  package let kinds: [ArtefactKind]
  /// `part 2/invoice.zip/a.html`.
  package let path: String
  /// The leaf's place in the message.
  package let place: Range<Int>
  /// Whether it is shown as the message's own text, not opened as a file.
  package let isBody: Bool
  /// Its name's last suffix, lower case.
  package let suffix: String
  /// What its part says it is, such as `text/html`; nil for what was found within a container.
  package let declaredType: String?

  package func isKind(_ kind: ArtefactKind) -> Bool { kinds.contains(kind) }
}

/// A leaf of the message and what it turned out to be, with all that is within.
package struct Attachment: Sendable {
  package let root: Artefact
  /// Where it stands: `part 2`.
  package let path: String
  package let place: Range<Int>
  /// Whether it is shown as the message's own text.
  package let isBody: Bool
  /// What its names do to deceive, each by itself.
  package let names: [(name: String, facts: NameFacts)]

  /// Where one of its artefacts stands.
  package func path(of artefact: Artefact) -> String {
    artefact.path.isEmpty ? path : path + "/" + artefact.path
  }

  /// Every artefact with the number of containers around it, parents first.
  package var artefacts: [(artefact: Artefact, depth: Int)] {
    var (found, open): ([(Artefact, Int)], [(Artefact, Int)]) = ([], [(root, 0)])
    while let (next, depth) = open.popLast() {
      found.append((next, depth))
      open += next.children.reversed().map { ($0, depth + 1) }
    }
    return found
  }
}

/// Looks at how a message is built.
package protocol MessageCheck: Sendable {
  func findings(of specimen: Specimen) -> [Finding]
}

/// Looks at the content of one thing, wherever it was found.
package protocol ContentCheck: Sendable {
  func findings(of item: Item) -> [Finding]
}

/// Looks at what an attachment turned out to be.
package protocol AttachmentCheck: Sendable {
  func findings(of attachment: Attachment) -> [Finding]
}
