import ArgumentParser
import DNS
import Foundation
import Mail
import MailAuth

/// `kadomori arc`: chains of those who handled a message.
struct ARCCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arc", abstract: "Verify the ARC chain of a message.",
    subcommands: [Verify.self])

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Judge the chain of a message; exits 1 if it fails.",
      discussion: "Example: kadomori arc verify --zone keys.zone message.eml")

    @OptionGroup var dns: DNSChoice
    @OptionGroup var message: MessageChoice
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let result = await ARCVerifier.judge(
        try message.bytes(), now: message.time, resolver: try dns.resolver())
      if json {
        try printJSON(result)
      } else {
        print(printable("\(result.status.rawValue): \(result.reason)"))
        for hop in result.hops {
          print(printable("  \(hop.instance). \(hop.sealer) found: \(hop.results)"))
        }
      }
      guard result.status != .fail else { throw ExitCode(1) }
    }
  }
}
