import ArgumentParser
import DNS
import Foundation
import Mail
import MailAuth
import Settings

/// `kadomori arc`: chains of those who handled a message.
struct ARCCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arc", abstract: "Verify or continue the ARC chain of a message.",
    subcommands: [Verify.self, Seal.self])

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

  struct Seal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a message with a set of ours in front, made with the domain's RSA key.",
      discussion: """
        Example: kadomori arc seal --domain example.ac.jp \\
          --results "mx.example.ac.jp; spf=pass" message.eml
        """)

    @OptionGroup var file: SettingsFile
    @Option(help: "The domain that seals.") var domain: String
    @Option(help: "What was found, as in Authentication-Results.") var results: String
    @OptionGroup var dns: DNSChoice
    @OptionGroup var message: MessageChoice

    func run() async throws {
      let domain = try domainArgument(domain)
      let folder = DKIMKeyFolder(dataDirectory: try file.load().dataDirectory)
      let keys = try saying { try folder.keys(of: domain) }.filter { $0.state == .active }
      guard let key = keys.first(where: { $0.key.type == .rsa }) ?? keys.first else {
        complain("\(domain) has no active key; see: kadomori dkim list")
        throw ExitCode(1)
      }
      let bytes = try message.bytes()
      let arrived = await ARCVerifier.judge(
        bytes, now: message.time, resolver: try dns.resolver())
      let sealer = ARCSealer(domain: domain, selector: key.selector, key: key.key)
      let set = try saying {
        try sealer.seal(bytes, arrived: arrived.status, results: results, now: message.time)
      }
      message.print(set, before: bytes)
    }
  }
}
