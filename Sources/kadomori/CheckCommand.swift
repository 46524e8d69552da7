import ArgumentParser
import Inspection
import Relay
import Settings

/// `kadomori check`: reads the settings and proves the relay policy, without touching the running gate.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a settings file.",
    discussion: "Example: kadomori check --settings kadomori.toml")

  @OptionGroup var file: SettingsFile

  func run() throws {
    let settings = try SettingsFile.load(file.path, judgesCertificate: true)
    let proof = RelayProof(settings.policy)
    PolicyCommand.Prove.explain(proof)
    guard proof.isProven else { throw ExitCode(1) }
    let folders = settings.inspection.folders
    try UserRules(rules: folders.rules, yara: folders.yara).complainAboutFaults()
    print("\(file.path): good")
  }
}
