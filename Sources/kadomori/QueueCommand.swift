import ArgumentParser
import Foundation
import Gateway
import SMTP
import Settings

/// `kadomori queue`: what waits in the running gate, and what a person may do about it.
struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "List, show, hold, release, retry or remove messages that wait.",
    discussion: "Example: kadomori queue list",
    subcommands: [List.self, Show.self, Hold.self, Release.self, Retry.self, Remove.self])

  /// The ids that most sub-commands take.
  struct Ids: ParsableArguments {
    @OptionGroup var file: SettingsFile
    @Argument(help: "Message ids, as list shows them.") var ids: [String]
    @Flag(help: "Print JSON.") var json = false

    /// Octets of a reason: a sentence or two.
    private static let reasonLimit = 1000

    func validate() throws {
      if ids.isEmpty { throw ValidationError("Name at least one message id.") }
      for id in ids where TraceID(id) == nil {
        throw ValidationError("\(printable(id)) is no message id; kadomori queue list shows them.")
      }
    }

    func act(
      _ command: ControlRequest.Command, reason: String = "", onlyHeld: Bool = false,
      password: String? = nil
    ) throws {
      guard reason.utf8.count <= Self.reasonLimit else {
        throw ValidationError("A reason has at most \(Self.reasonLimit) octets.")
      }
      let client = ControlClient(try file.load())
      // Inspecting takes its time, so that is asked one by one.
      let batches = password == nil ? QueueBatches.of(ids) : ids.map { [$0] }
      // One batch is done whole or not at all; so that many are too, all are looked up first.
      if batches.count > 1 {
        for batch in batches { _ = try client.ask(.init(.show, ids: batch, onlyHeld: onlyHeld)) }
      }
      var messages: [QueuedMessage] = []
      for (index, batch) in batches.enumerated() {
        do {
          let request = ControlRequest(
            command, ids: batch, by: NSUserName(), reason: reason, onlyHeld: onlyHeld,
            password: password)
          messages += try client.ask(request).messages ?? []
        } catch {
          let done = batches[..<index].joined().count
          if done > 0 { complain("the first \(done) messages were done before that") }
          throw error
        }
      }
      if json { return try printJSON(messages) }
      for message in messages { QueueText.show(message) }
      if messages.isEmpty { print("done; nothing of it is left in the queue") }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List what waits, oldest first.",
      discussion: "Example: kadomori queue list --limit 20")

    @OptionGroup var file: SettingsFile
    @Option(help: "How many at most, up to \(Self.mostAtOnce).") var limit = 1000
    @Flag(help: "Print JSON.") var json = false

    /// Messages of one answer: about 5 MB.
    private static let mostAtOnce = 10_000

    func validate() throws {
      if limit < 1 { throw ValidationError("--limit is at least 1.") }
    }

    func run() throws {
      if limit > Self.mostAtOnce {
        complain("at most \(Self.mostAtOnce) are listed at once; these are the oldest")
      }
      let request = ControlRequest(.list, limit: min(limit, Self.mostAtOnce))
      let answer = try ControlClient(try file.load()).ask(request)
      let messages = answer.messages ?? []
      if json { return try printJSON(messages) }
      for message in messages { QueueText.line(message) }
      let total = answer.total ?? messages.count
      print(total == 0 ? "the queue is empty" : "\(messages.count) of \(total) messages")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a message that waits, recipient by recipient.",
      discussion: "Example: kadomori queue show ID")
    @OptionGroup var ids: Ids
    func run() throws { try ids.act(.show) }
  }

  struct Hold: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep messages back until they are released.",
      discussion: "Example: kadomori queue hold ID --reason \"looks like the incident of Monday\"")
    @OptionGroup var ids: Ids
    @Option(help: "Why; trace shows it.") var reason = "held by hand"
    func run() throws { try ids.act(.hold, reason: reason) }
  }

  struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let held messages go; they are tried at once.",
      discussion: "Example: kadomori queue release ID")
    @OptionGroup var ids: Ids
    func run() throws { try ids.act(.release) }
  }

  struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try messages now, whatever the schedule says.",
      discussion: "Example: kadomori queue retry ID")
    @OptionGroup var ids: Ids
    func run() throws { try ids.act(.retry) }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take messages out for good; nobody is told.",
      discussion: "Example: kadomori queue remove ID --reason \"spam of the hijacked account\"")
    @OptionGroup var ids: Ids
    @Option(help: "Why; trace shows it.") var reason = "removed by hand"
    func run() throws { try ids.act(.remove, reason: reason) }
  }
}

/// Ids in batches that fit one request line of the control socket (64 KiB).
enum QueueBatches {
  static let size = 1000

  /// Each id once, in its order.
  static func of(_ ids: [String]) -> [[String]] {
    var seen: Set<String> = []
    let once = ids.filter { seen.insert($0.uppercased()).inserted }
    return stride(from: 0, to: once.count, by: size).map {
      Array(once[$0..<min($0 + size, once.count)])
    }
  }
}

/// Queue entries as lines for people.
enum QueueText {
  static func line(_ message: QueuedMessage) {
    let mark = message.held == nil ? " " : "H"
    let to = message.recipients.filter { $0.state == "queued" }.map { printable($0.address) }
    let more = to.count > 2 ? " +\(to.count - 2)" : ""
    print(
      "\(mark) \(message.id)  \(age(message.ageSeconds))  \(message.size) octets  "
        + "\(printable(message.sender)) -> \(to.prefix(2).joined(separator: ", "))\(more)")
  }

  static func show(_ message: QueuedMessage) {
    print("\(message.id), accepted \(message.acceptedAt), \(message.size) octets")
    print("  from \(printable(message.sender)), client \(message.client)")
    if let account = message.account { print("  account \(printable(account))") }
    if let id = message.messageID { print("  Message-ID \(printable(id))") }
    if let held = message.held { print("  HELD: \(printable(held))") }
    for recipient in message.recipients {
      var line = "  to \(printable(recipient.address)): \(recipient.state)"
      if let attempts = recipient.attempts, let next = recipient.nextAttemptAt {
        line += attempts == 0 ? ", not tried yet" : ", tried \(attempts) times, next \(next)"
      }
      print(line)
      if let until = recipient.pausedUntil, let why = recipient.pausedWhy {
        print("    its destination is left alone until \(until): \(printable(why))")
      }
    }
  }
}
