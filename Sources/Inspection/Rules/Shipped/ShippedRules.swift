/// The rules that come with the program: TOML as users write it, in texts of the program, so that one
/// binary is all there is to install (docs/decisions/0014-rules.md). `kadomori rules list --source`
/// prints them to copy from; a user's rule with the same id takes a shipped one's place.
package enum ShippedRules {
  package static let texts: [(name: String, text: String)] = [
    ("shipped/format.toml", formatText),
    ("shipped/identity.toml", identityText),
    ("shipped/lures.toml", luresText),
    ("shipped/spam.toml", spamText),
  ]

  /// Each file, read once. That they are right is what the tests prove.
  package static let files: [RuleFile] = texts.compactMap { name, text in
    switch RuleFile.read(Array(text.utf8), name: name) {
    case .success(let file): file
    case .failure: nil
    }
  }
}
