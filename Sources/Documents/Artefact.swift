/// One thing that was found: an attachment, a file within an archive, a stream within a document. The
/// octets themselves are not kept; whoever wants them looks while they are read (`DocumentReader.read`).
package struct Artefact: Sendable {
  package let name: ArtefactName
  /// From the first container in: `invoice.zip/a/b.exe`. Words for people, printable and bounded.
  package let path: String
  /// Everything that its octets can be taken for, the riskiest first; never empty. By content alone.
  package internal(set) var kinds: [ArtefactKind]
  /// Octets as unpacked; of one that could not be read, what its container claims.
  package internal(set) var size: Int
  /// What its name does to deceive.
  package let nameFacts: NameFacts
  package internal(set) var facts: [ArtefactFact] = []
  package internal(set) var defects: [DocumentDefect] = []
  package internal(set) var children: [Artefact] = []
  /// False where only the container's word for it is known: it is encrypted, damaged, or behind a bound.
  package internal(set) var isRead = true

  package var kind: ArtefactKind { kinds[0] }

  /// This and all within, parents first.
  package var all: [Artefact] {
    var (found, open): ([Artefact], [Artefact]) = ([], [self])
    while let next = open.popLast() {
      found.append(next)
      open += next.children.reversed()
    }
    return found
  }

  package func has(_ fact: ArtefactFact.Kind) -> Bool { facts.contains { $0.kind == fact } }
  package func has(_ defect: DocumentDefect.Kind) -> Bool { defects.contains { $0.kind == defect } }

  /// Whether something in it, or in anything within, was left unread.
  package var isIncomplete: Bool {
    all.contains { !$0.isRead || $0.defects.contains { $0.kind.leavesUnread } }
  }
}
