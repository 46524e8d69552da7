/// Reads what a mail carries: octets in, a tree of artefacts out.
///
/// A pure function for hostile input: no files, no threads, no network; time and memory are bounded by
/// `Budgets`. Nothing throws: what can't be read is a defect of the artefact that holds it.
package struct DocumentReader {
  package var budgets: Budgets
  /// Tried on what is encrypted, in this order.
  package var passwords: [String]
  /// Who said them, where it was not the mail itself.
  package var origins: [String: PasswordOrigin] = [:]

  package init(budgets: Budgets = Budgets(), passwords: [String] = []) {
    self.budgets = budgets
    self.passwords = passwords
  }

  /// Reads `octets`; each artefact is shown to `visit` with its octets, parents first, before what is
  /// within is opened. `declaredType` (`application/pdf`) and the name never decide what something is,
  /// only whether it poses as something else. Who reads more than one thing gives each the same `keys`, so
  /// that trying passwords has one bound for all.
  package func read(
    _ octets: [UInt8], name: ArtefactName = ArtefactName(""), declaredType: String? = nil,
    keys: KeyRing = KeyRing(), visit: (Artefact, [UInt8]) -> Void = { _, _ in }
  ) -> Artefact {
    withoutActuallyEscaping(visit) { visit in
      let walk = Walk(self, keys, rootSize: octets.count, visit)
      return walk.artefact(octets, name, within: "", depth: 0, declaredType: declaredType)
    }
  }

  /// Loads what the libraries would otherwise open at first use (time zone, locale, converters), and sets
  /// TZ where it is not set. A process that may open no files calls this before it locks itself in; after
  /// that, reading makes no system calls but for memory.
  package static func prepare() { LibraryText.prepare() }
}
