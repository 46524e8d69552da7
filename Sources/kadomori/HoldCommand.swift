import ArgumentParser
import Foundation
import Gateway
import Journal

/// `kadomori hold`: what was kept back because of what is in it, and what a person decides.
struct HoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold",
    abstract: "List, show, release or remove mail that was held for what is in it.",
    discussion: "Example: kadomori hold list",
    subcommands: [List.self, Show.self, Release.self, Remove.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what is held, oldest first, with the reason.",
      discussion: "Example: kadomori hold list --limit 20")

    @OptionGroup var file: SettingsFile
    @Option(help: "How many at most, up to \(Self.mostAtOnce).") var limit = 1000
    @Flag(help: "Print JSON.") var json = false

    /// Messages of one answer: about 5 MB.
    private static let mostAtOnce = 10_000

    func validate() throws {
      guard (1...Self.mostAtOnce).contains(limit) else {
        throw ValidationError("--limit lies between 1 and \(Self.mostAtOnce).")
      }
    }

    func run() throws {
      let request = ControlRequest(.list, limit: limit, onlyHeld: true)
      let answer = try ControlClient(try file.load()).ask(request)
      let messages = answer.messages ?? []
      if json { return try printJSON(messages) }
      for message in messages {
        QueueText.line(message)
        print("    \(printable(message.held ?? ""))")
      }
      let total = answer.total ?? messages.count
      print(total == 0 ? "nothing is held" : "\(messages.count) of \(total) held messages")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show held messages with everything that was found in them.",
      discussion: "Example: kadomori hold show ID")
    @OptionGroup var ids: QueueCommand.Ids

    func run() throws {
      if ids.json { return try ids.act(.show, onlyHeld: true) }
      let settings = try ids.file.load()
      let request = ControlRequest(.show, ids: ids.ids, onlyHeld: true)
      for message in try ControlClient(settings).ask(request).messages ?? [] {
        let trace = try JournalReader(path: JournalPlace.path(settings)).trace(message.id, limit: 1)
        for line in TraceText(trace).lines { print(line) }
        if trace.messages.isEmpty { QueueText.show(message) }
      }
    }
  }

  struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let held messages go; they are tried at once.",
      discussion: """
        With a password messages are inspected anew, and go only if what they hold is then right; otherwise \
        they stay with what was found, and the command exits 1. No log and no journal has the password. \
        Mail that was held by hand (queue hold) is here too.

          kadomori hold release ID --reason "the sender confirmed it by phone"
          kadomori hold release ID --password -
        """)
    @OptionGroup var ids: QueueCommand.Ids
    @Option(help: "Why; trace shows it.") var reason: String?
    @Option(
      help: """
        Opens what is encrypted in it; - reads it from standard input, so that no list of processes \
        shows it.
        """)
    var password: String?

    func run() throws {
      let word = password == "-" ? readLine() ?? "" : password
      let reason =
        reason ?? (word == nil ? "released by hand" : "opened with a password given by hand")
      try ids.act(.release, reason: reason, onlyHeld: true, password: word)
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take held messages out for good; nobody is told.",
      discussion: "Example: kadomori hold remove ID --reason malware")
    @OptionGroup var ids: QueueCommand.Ids
    @Option(help: "Why; trace shows it.") var reason = "removed by hand"
    func run() throws { try ids.act(.remove, reason: reason, onlyHeld: true) }
  }
}
