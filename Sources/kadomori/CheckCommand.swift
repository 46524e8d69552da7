import ArgumentParser
import Inspection
import Relay
import Settings
import TOML

/// `kadomori check`: reads the settings and proves the relay policy, without touching the running gate.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a settings file.",
    discussion: "Example: kadomori check --settings kadomori.toml")

  @OptionGroup var file: SettingsFile
  @Flag(help: "Print JSON: faults with their places, and the proof; the exit code stays.")
  var json = false

  func run() throws {
    if json { return try report() }
    let settings = try SettingsFile.load(file.path, judgesCertificate: true)
    try settings.complainAboutSilence(in: file.path)
    let proof = RelayProof(settings.policy)
    PolicyCommand.Prove.explain(proof)
    guard proof.isProven else { throw ExitCode(1) }
    try settings.inspection.folders.userRules.complainAboutFaults()
    print("\(file.path): good")
  }

  private func report() throws {
    switch SettingsFile.parse(try SettingsFile.octets(file.path), judgesCertificate: true) {
    case .success(let settings):
      if let silence = settings.silence {
        try printJSON(CheckReport(faults: [.init(silence)], proof: nil))
        throw ExitCode(1)
      }
      let proof = RelayProof(settings.policy)
      let rules = settings.inspection.folders.userRules.faults.map(\.line)
      try printJSON(CheckReport(faults: [], proof: ProofReport(proof), ruleFaults: rules))
      guard proof.isProven, rules.isEmpty else { throw ExitCode(1) }
    case .failure(let faults):
      try printJSON(
        CheckReport(faults: faults.faults.map(CheckReport.Fault.init), proof: nil))
      throw ExitCode(1)
    }
  }
}

/// A check for programs.
struct CheckReport: Encodable {
  struct Fault: Encodable {
    let line: Int
    let column: Int
    let message: String

    init(_ fault: SettingsFault) {
      line = fault.position.line
      column = fault.position.column
      message = fault.message
    }
  }

  let faults: [Fault]
  /// Nil where the file has faults: there is nothing to prove yet.
  let proof: ProofReport?
  /// `lures.toml:3:8: …`, of the folders that the settings name.
  var ruleFaults: [String] = []
}

extension RuleFolders {
  /// What the folders say now.
  fileprivate var userRules: UserRules { UserRules(rules: rules, yara: yara) }
}
