import ArgumentParser
import Relay
import Settings

/// `kadomori policy`: the relay table, and the proof that no stranger reaches a stranger.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show, prove or compare the relay policy.",
    discussion: "Example: kadomori policy prove --settings kadomori.toml",
    subcommands: [Show.self, Prove.self, Diff.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the relay table, one row for each kind of mail.",
      discussion: "Example: kadomori policy show --settings kadomori.toml")

    @OptionGroup var file: SettingsFile
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let rows = RelayTableText(RelayTable(policy: try file.load().policy)).rows
      if json { return try printJSON(rows) }
      for row in rows { print(row.line) }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print each kind of mail that another settings file would treat differently.",
      discussion: "Example: kadomori policy diff old.toml new.toml")

    @Argument(help: "The settings of now.") var old: String
    @Argument(help: "The settings to be.") var new: String
    @Flag(help: "Print JSON: a list of sentences.") var json = false

    func run() throws {
      let difference = RelayDifference(
        from: try SettingsFile.load(old).policy, to: try SettingsFile.load(new).policy)
      if json { return try printJSON(difference.lines) }
      for line in difference.lines { print(line) }
      if difference.lines.isEmpty { print("no kind of mail is treated differently") }
    }
  }

  struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prove that no stranger reaches a stranger; exits 1 with a dialogue if one does.",
      discussion: "Example: kadomori policy prove --settings kadomori.toml")

    @OptionGroup var file: SettingsFile
    @Flag(help: "Print JSON; the exit code stays.") var json = false

    func run() throws {
      let proof = RelayProof(try file.load().policy)
      if json {
        try printJSON(ProofReport(proof))
        guard proof.isProven else { throw ExitCode(1) }
        return
      }
      Self.explain(proof)
      guard proof.isProven else { throw ExitCode(1) }
      print("proven: \(proof.count) kinds of mail asked, no stranger reaches a stranger")
    }

    static func explain(_ proof: RelayProof, withWarnings: Bool = true) {
      for warning in proof.warnings where withWarnings { complain("warning: \(warning)") }
      for fault in proof.faults { complain("unsafe: \(fault)") }
      guard let first = proof.counterExamples.first else { return }
      complain("unsafe: \(proof.counterExamples.count) kinds of mail would relay, for example:")
      for line in first.dialogue { complain("  \(line)") }
    }
  }
}

/// A proof for programs.
struct ProofReport: Encodable {
  let isProven: Bool
  /// Kinds of mail asked.
  let count: Int
  /// Each a session that would relay, its lines marked `C:` and `S:`.
  let counterExamples: [[String]]
  let faults: [String]
  let warnings: [String]

  init(_ proof: RelayProof) {
    isProven = proof.isProven
    count = proof.count
    counterExamples = proof.counterExamples.map(\.dialogue)
    faults = proof.faults
    warnings = proof.warnings
  }
}
