/// A file of rules as it is written: TOML of ours, or YARA.
package struct RuleSource: Hashable, Sendable {
  package let name: String
  package let text: [UInt8]

  package init(name: String, text: [UInt8]) {
    self.name = name
    self.text = text
  }
}
