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
    if path.isEmpty || artefact.path.isEmpty { return path + artefact.path }
    return path + "/" + artefact.path
  }

  /// An artefact among the others.
  package struct Entry: Sendable {
    package let artefact: Artefact
    /// Containers around it.
    package let depth: Int
    /// Whether it is a piece of a document that a program put there, and no file that a person named.
    package let isPiece: Bool
    /// What it stands in.
    package let container: ArtefactKind?
  }

  /// Every artefact, parents first.
  package var entries: [Entry] {
    var found: [Entry] = []
    var open = [Entry(artefact: root, depth: 0, isPiece: false, container: nil)]
    while let next = open.popLast() {
      found.append(next)
      let kind = next.artefact.kind
      let holdsFiles = kind.holdsFiles || next.artefact.kinds.contains(.outlookMessage)
      let isPiece = next.isPiece || !holdsFiles
      open += next.artefact.children.reversed().map { child in
        // A package within a document is a file that somebody put there.
        Entry(
          artefact: child, depth: next.depth + 1,
          isPiece: isPiece && !child.has(.placedFile) && !child.has(.importedPart),
          container: kind)
      }
    }
    return found
  }
}

extension ArtefactKind {
  /// Whether what is within are files with names of their own, instead of streams and parts of a format.
  fileprivate var holdsFiles: Bool {
    switch self {
    case .mail, .mht, .outlookMessage, .pdf, .oneNote, .html, .text, .unknown, .calendar, .contact,
      .signature,
      .compiledHelp, .svg, .windowsScript, .htmlApplication, .certificate, .openPGP, .batch,
      .powerShell, .vbScript, .javaScript, .shellScript:
      true
    default: risk == .container
    }
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
