/// A container while it is being opened: what was found in it so far, and what may still be read.
struct Opening {
  let walk: Walk
  let name: ArtefactName
  private let path: String
  private let depth: Int
  private(set) var children: [Artefact] = []
  private(set) var facts: [ArtefactFact] = []
  private(set) var defects: [DocumentDefect] = []
  /// What the inside showed the whole to be: a document that its container alone does not tell.
  private var refinements: [ArtefactKind] = []
  /// Whether the last entry taken was cut at a bound.
  private(set) var wasCut = false

  /// Defects of one artefact; a hostile one may earn millions.
  private static let noteLimit = 200
  /// Facts of one kind: many of one must not crowd out the first of another.
  private static let factLimit = 40

  init(_ walk: Walk, _ name: ArtefactName, _ path: String, _ depth: Int) {
    self.walk = walk
    self.name = name
    self.path = path
    self.depth = depth
  }

  /// What a compressed stream unpacks to is called after it: `run.ps1` of `run.ps1.gz`.
  var contentName: ArtefactName {
    let parts = name.text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.last?.lowercased() == "svgz" { return ArtefactName("content.svg") }
    guard parts.count > 2, let last = parts.last, Self.streams.contains(last.lowercased())
    else { return ArtefactName("content") }
    return ArtefactName(parts.dropLast().joined(separator: "."))
  }

  private static let streams: Set<String> = ["gz", "bz2", "xz", "zst", "z", "lz", "lzma", "lz4"]

  /// Whether one more entry may be read; if not, the bound is noted.
  mutating func admits(_ place: Range<Int>? = nil) -> Bool {
    guard let bound = walk.ledger.exhausted else { return true }
    if !hasDefect(bound) { note(bound, place) }
    return false
  }

  /// What is tried on an encrypted document: Office's own passwords, which Excel and PowerPoint try by
  /// themselves, and those at hand. Word asks for one, so what its mail tells comes first (`asks`).
  func documentPasswords(asks: Bool = false) -> [String] {
    let atHand = Array(walk.passwords.prefix(walk.budgets.slowPasswords))
    return asks ? atHand + OfficeCipher.own : OfficeCipher.own + atHand
  }

  /// Tries passwords on an archive, and reads what comes of it.
  mutating func unlock(
    _ archive: [UInt8], _ lock: ([UInt8], Locksmith) -> Unlocking,
    read: ([UInt8], Unlocked?, inout Opening) -> Void
  ) {
    // The plain form is another archive of that size.
    let isSmall = archive.count <= allowance
    let words = isSmall ? Array(walk.passwords.prefix(walk.budgets.passwords)) : []
    switch lock(archive, Locksmith(words, walk.keys, limit: allowance)) {
    case .untouched: read(archive, nil, &self)
    case .locked(let detail):
      note(.encrypted, detail)
      read(archive, nil, &self)
    case .opened(let unlocked):
      noteOpened()
      walk.ledger.hold(unlocked.octets.count)
      walk.ledger.worked(unlocked.octets.count)
      read(unlocked.octets, unlocked, &self)
      walk.ledger.release(unlocked.octets.count)
      if facts.contains(where: { $0.kind == .encrypted }) { note(.encrypted, unlocked.detail) }
    }
  }

  /// Notes that a password opened something, the last one that did, and who said it.
  @discardableResult
  mutating func noteOpened(asks: Bool = false) -> ArtefactFact {
    let origin = walk.keys.proven.first.map { walk.origin(of: $0, asks: asks) } ?? .mail
    note(.openedWithPassword, origin.rawValue)
    return ArtefactFact(.openedWithPassword, origin.rawValue)
  }

  /// Octets that the next entry may have.
  var allowance: Int { walk.ledger.ceiling.octets }

  /// Takes what was unpacked and looks at it, as deep as it goes.
  mutating func take(
    _ unpacked: Unpacked, _ name: ArtefactName, at place: Range<Int>? = nil,
    facts: [ArtefactFact] = [], declaredType: String? = nil
  ) {
    var found: [DocumentDefect] = []
    let bound = walk.ledger.ceiling.bound
    walk.ledger.produced(unpacked.octets.count)
    wasCut = unpacked.outcome == .limit
    switch unpacked.outcome {
    case .whole: break
    case .limit:
      note(bound, place, name.shown)
      found.append(DocumentDefect(.truncated))
    case .damaged(let defect):
      note(defect, place, name.shown)
      found.append(DocumentDefect(defect))
    }
    var child = walk.artefact(
      unpacked.octets, name, within: path, depth: depth + 1, declaredType: declaredType,
      facts: facts, defects: found)
    // A checksum of 32 bits is soon made to fit a second password, which opens to noise; and what is encrypted
    // once more was not looked into either.
    let isOpened = self.facts.contains { $0.kind == .openedWithPassword }
    if isOpened, child.kind == .unknown, Noise.reads(unpacked.octets) {
      child.defects.append(DocumentDefect(.formatUnknown, nil, "noise"))
    }
    children.append(child)
  }

  /// Takes octets that lie in the container as they are, or were decoded by other means.
  mutating func take(
    _ octets: [UInt8], _ name: ArtefactName, facts: [ArtefactFact] = [],
    declaredType: String? = nil
  ) {
    take(bounded(octets), name, facts: facts, declaredType: declaredType)
  }

  /// As much of `octets` as may be read.
  func bounded(_ octets: [UInt8]) -> Unpacked {
    octets.count <= allowance
      ? Unpacked(octets) : Unpacked(Array(octets.prefix(allowance)), .limit)
  }

  /// Names an entry that can't be read: its octets are encrypted, damaged or beyond a bound.
  mutating func list(
    _ name: ArtefactName, size: Int, facts: [ArtefactFact] = [], defects: [DocumentDefect] = [],
    isRead: Bool = false
  ) {
    walk.ledger.countOne()
    children.append(
      Artefact(
        name: name, path: Walk.path(path, name), kinds: [.unknown], size: size,
        nameFacts: NameFacts(name), facts: facts, defects: defects, isRead: isRead))
  }

  /// What was made of an entry is no artefact of its own, and was cut all the same.
  mutating func noteCut(_ outcome: Unpacked.Outcome, _ name: ArtefactName) {
    switch outcome {
    case .whole: break
    case .limit: note(walk.ledger.ceiling.bound, nil, name.shown)
    case .damaged(let defect): note(defect, nil, name.shown)
    }
  }

  func hasDefect(_ kind: DocumentDefect.Kind) -> Bool { defects.contains { $0.kind == kind } }

  mutating func note(
    _ kind: DocumentDefect.Kind, _ place: Range<Int>? = nil, _ detail: String = ""
  ) {
    guard defects.count < Self.noteLimit else {
      if defects.last?.kind != .limitDefects { defects.append(DocumentDefect(.limitDefects)) }
      return
    }
    defects.append(DocumentDefect(kind, place, detail))
  }

  mutating func note(_ fact: ArtefactFact.Kind, _ detail: String = "") {
    let fact = ArtefactFact(fact, ArtefactName(detail).shown)
    guard facts.count(where: { $0.kind == fact.kind }) < Self.factLimit, !facts.contains(fact)
    else { return }
    facts.append(fact)
  }

  /// The whole is, more exactly, `kind`.
  mutating func refine(_ kind: ArtefactKind) {
    if !refinements.contains(kind) { refinements.append(kind) }
  }

  /// The riskiest first; nothing that was seen before is lost.
  func refined(_ kinds: [ArtefactKind]) -> [ArtefactKind] {
    let all = refinements + kinds.filter { !refinements.contains($0) }
    return Identification.sorted(all)
  }
}
