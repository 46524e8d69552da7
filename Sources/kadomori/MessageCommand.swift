import ArgumentParser
import Foundation
import Mail

/// Looks at messages without delivering them.
struct MessageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "message", abstract: "Look into a message.", subcommands: [Show.self])

  /// Prints the tree of a message in every reading, and its defects.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print parts, names, readings and defects of a message.",
      discussion: """
        Where mail programs would read the message differently, a part is shown once for each reading.

          kadomori message show strange.eml
          kadomori message show --json strange.eml
        """)

    @Argument(help: "The message as a file; - for standard input.")
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let description = Message(try octets()).description()
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(description), as: UTF8.self))
      } else {
        print(description.text, terminator: "")
      }
    }

    private func octets() throws -> [UInt8] {
      if file == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
      guard let octets = FileManager.default.contents(atPath: file) else {
        throw ValidationError("\(file) can't be read")
      }
      return [UInt8](octets)
    }
  }
}
