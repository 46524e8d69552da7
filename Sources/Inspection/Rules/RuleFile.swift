import TOML

/// The rules of one file.
///
///     [lists]
///     bait = ["給付金", "還付金"]
///
///     [[rule]]
///     id = "phishing.benefit"
///     when = ["body.text contains @bait", "not auth.dmarc = 'pass'"]   # all of them
///     weight = 4                                                       # or action = "hold"
///     class = "phishing"
///     ja = "…{from.domain}…"
///     en = "…"
///     references = ["https://…"]
///     [[rule.example]]
///     matches = true
///     mail = ["Subject: 給付金", "", "…"]                               # its lines
///     facts = { "auth.dmarc" = "fail" }
package struct RuleFile: Sendable {
  package let name: String
  package private(set) var rules: [Rule] = []

  /// Rules of one file, texts of one list.
  package static let ruleLimit = 2000
  package static let listLimit = 20_000

  /// Reads a file; what is wrong is told all at once.
  package static func read(
    _ bytes: [UInt8], name: String
  ) -> Result<RuleFile, RuleFaults> {
    do throws(TOMLError) {
      let table = try TOMLParser.parse(bytes)
      var reader = RuleReader(file: name)
      let rules = reader.read(table)
      guard reader.faults.isEmpty else { return .failure(RuleFaults(faults: reader.faults)) }
      var file = RuleFile(name: name)
      file.rules = rules
      return .success(file)
    } catch {
      return .failure(
        RuleFaults(faults: [RuleFault(file: name, position: error.position, message: error.message)]
        ))
    }
  }

  private init(name: String) { self.name = name }
}

/// Everything wrong with one file.
package struct RuleFaults: Error, Hashable, Sendable {
  package let faults: [RuleFault]
}
