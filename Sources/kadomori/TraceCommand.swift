import ArgumentParser
import Foundation
import Gateway
import Journal
import Settings

/// `kadomori trace`: the whole life of messages, from the journal; the gate need not run.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Tell the life of every message that a word names.",
    discussion: """
      WORD is an id or its beginning (8 letters), a Message-ID, an address, a domain, the IP address \
      or login of who sent it, or the name of a host it went to. Exits 1 when nothing is known.

      Example: kadomori trace taro@example.ac.jp --limit 5
      """)

  @OptionGroup var file: SettingsFile
  @Argument(help: "What to look for.") var word: String
  @Option(help: "How many messages at most.") var limit = 20
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let path = JournalPlace.path(try file.load())
    if access(path, R_OK) != 0, errno == EACCES {
      complain("may not read \(path): run this as the gate's user or as root")
      throw ExitCode(1)
    }
    let trace: Trace
    do {
      trace = try JournalReader(path: path).trace(word, limit: limit)
    } catch {
      complain("\(error)")
      throw ExitCode(1)
    }
    if json {
      try printJSON(trace)
    } else {
      for line in TraceText(trace).lines { print(line) }
    }
    if trace.messages.isEmpty, trace.refusals.isEmpty {
      complain("nothing is known of \(printable(word))")
      throw ExitCode(1)
    }
    if trace.messages.count == limit {
      complain("only the newest \(limit); ask for more by --limit")
    }
  }
}
