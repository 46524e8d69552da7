/// The reading of one attachment: what is spent, what is open, and the way from octets to an artefact.
///
/// It goes into depth by calling itself; `Budgets.depth` bounds that.
final class Walk {
  let budgets: Budgets
  let passwords: [String]
  private let origins: [String: PasswordOrigin]
  let keys: KeyRing
  var ledger: Ledger
  private let visit: (Artefact, [UInt8]) -> Void
  /// The octets of what is open, outermost first.
  private var open: [[UInt8]] = []
  /// Where containers were opened, by their octets: what comes again is not opened again, so that a file
  /// within which each level stands twice costs no more than its levels.
  private var opened: [OctetsMark: String] = [:]

  init(
    _ reader: DocumentReader, _ keys: KeyRing, rootSize: Int,
    _ visit: @escaping (Artefact, [UInt8]) -> Void
  ) {
    budgets = reader.budgets
    passwords = reader.passwords
    origins = reader.origins
    self.keys = keys
    self.visit = visit
    ledger = Ledger(budgets, rootSize: rootSize)
  }

  /// Who said a password. Those that Office tries by itself nobody needs to say, unless the program asks.
  func origin(of password: String, asks: Bool) -> PasswordOrigin {
    let isSaid = asks && passwords.contains(password)
    return OfficeCipher.own.contains(password) && !isSaid ? .program : origins[password] ?? .mail
  }

  /// Says what `octets` are, and opens them.
  func artefact(
    _ octets: [UInt8], _ name: ArtefactName, within container: String, depth: Int,
    declaredType: String? = nil, facts: [ArtefactFact] = [], defects: [DocumentDefect] = []
  ) -> Artefact {
    ledger.countOne()
    ledger.worked(octets.count + Self.costOfOne)
    var artefact = Artefact(
      name: name, path: Self.path(container, name), kinds: Identification.kinds(of: octets),
      size: octets.count, nameFacts: NameFacts(name), facts: facts, defects: defects)
    artefact.facts += Appearance.facts(of: artefact, declaredType: declaredType)
    visit(artefact, octets)
    open(octets, &artefact, depth)
    return artefact
  }

  /// What an artefact costs beside its octets, in octets looked at.
  private static let costOfOne = 4096
  private static let pathLimit = 1000
  /// Octets below which a container is opened again wherever it comes.
  private static let smallest = 64

  static func path(_ container: String, _ name: ArtefactName) -> String {
    let shown = name.shown
    if container.isEmpty || container.utf8.count > pathLimit { return container + shown }
    return container + "/" + shown
  }

  private func open(_ octets: [UInt8], _ artefact: inout Artefact, _ depth: Int) {
    let openers = artefact.kinds.compactMap { Openers.opener(of: $0) }
    guard !openers.isEmpty else { return }
    guard !open.contains(octets) else {
      artefact.defects.append(DocumentDefect(.containsItself))
      return
    }
    guard depth < budgets.depth else {
      artefact.defects.append(DocumentDefect(.limitDepth))
      return
    }
    let mark = OctetsMark(octets)
    if octets.count >= Self.smallest, let first = opened[mark] {
      artefact.facts.append(ArtefactFact(.sameAs, first))
      return
    }
    opened[mark] = artefact.path
    open.append(octets)
    ledger.hold(octets.count)
    var opening = Opening(self, artefact.name, artefact.path, depth)
    for opener in openers {
      ledger.worked(octets.count)
      opener(octets, &opening)
    }
    ledger.release(octets.count)
    open.removeLast()
    artefact.children += opening.children
    artefact.defects += opening.defects
    for fact in opening.facts where !artefact.facts.contains(fact) { artefact.facts.append(fact) }
    artefact.kinds = opening.refined(artefact.kinds)
  }
}
