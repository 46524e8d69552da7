import ArgumentParser
import Relay
import Settings

/// `kadomori policy`: the relay table, and the proof that no stranger reaches a stranger.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show or prove the relay policy.",
    subcommands: [Show.self, Prove.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the relay table, one row for each kind of mail.",
      discussion: "Example: kadomori policy show --settings kadomori.toml")

    @OptionGroup var file: SettingsFile

    func run() throws {
      let table = RelayTable(policy: try file.load().policy)
      for row in RelayTableText(table).rows { print(row) }
    }
  }

  struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prove that no stranger reaches a stranger; exits 1 with a dialogue if one does.",
      discussion: "Example: kadomori policy prove --settings kadomori.toml")

    @OptionGroup var file: SettingsFile

    func run() throws {
      let proof = RelayProof(try file.load().policy)
      Self.explain(proof)
      guard proof.isProven else { throw ExitCode(1) }
      print("proven: \(proof.count) kinds of mail asked, no stranger reaches a stranger")
    }

    static func explain(_ proof: RelayProof) {
      for warning in proof.warnings { complain("warning: \(warning)") }
      for fault in proof.faults { complain("unsafe: \(fault)") }
      guard let first = proof.counterExamples.first else { return }
      complain("unsafe: \(proof.counterExamples.count) kinds of mail would relay, for example:")
      for line in first.dialogue { complain("  \(line)") }
    }
  }
}
