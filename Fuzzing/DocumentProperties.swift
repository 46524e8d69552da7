import Documents

// What must hold for what a mail carries, whatever comes: bounds, words that can be printed, and that the
// same octets give the same tree.
extension Properties {
  private static var budgets: Budgets {
    var budgets = Budgets()
    budgets.depth = 8
    budgets.count = 300
    budgets.entry = 1 << 20
    budgets.octets = 4 << 20
    budgets.memory = 8 << 20
    budgets.ratioFloor = 2 << 20
    budgets.work = 64 << 20
    return budgets
  }

  static func document(_ bytes: [UInt8]) { document(bytes, KeyRing(limit: 8 << 20)) }

  static func document(_ bytes: [UInt8], _ keys: KeyRing) {
    let budgets = budgets
    var shown = 0
    let reader = DocumentReader(budgets: budgets, passwords: ["infected", "1234", "kado-2026"])
    let found = reader.read(bytes, name: ArtefactName("a"), keys: keys) { artefact, octets in
      shown += 1
      precondition(artefact.size == octets.count, "a size that is not so")
      precondition(octets.count <= max(budgets.entry, bytes.count), "an entry beyond its bound")
    }
    precondition(found.size == bytes.count, "the root is not what came")
    let all = found.all
    precondition(all.count <= budgets.count + 200, "more artefacts than allowed: \(all.count)")
    precondition(shown <= all.count, "shown twice")
    for artefact in all { check(artefact) }
  }

  private static func check(_ artefact: Artefact) {
    precondition(!artefact.kinds.isEmpty, "no kind")
    precondition(isPrintable(artefact.path), "a path that can't be shown")
    precondition(artefact.path.utf8.count < 6000, "a path without end")
    for fact in artefact.facts {
      precondition(isPrintable(fact.detail), "a fact that can't be shown")
    }
    precondition(artefact.defects.count <= 400 && artefact.facts.count <= 3000, "too much to say")
  }

  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E }
  }

  static func filename(_ bytes: [UInt8]) {
    let name = ArtefactName(bytes)
    let facts = NameFacts(name)
    precondition(!facts.suffix.contains("."), "a dot in a suffix")
    precondition(isPrintable(name.shown), "a name that can't be shown")
    precondition(name.shown.unicodeScalars.count <= 201, "a name without end")
  }
}
