import ArgumentParser
import Gateway
import Mail
import MailAuth

/// `kadomori spf`: whether a client may use the domain it names (RFC 7208).
struct SPFCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spf", abstract: "Check a client by SPF, and say why.", subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check one client; exits 0 whatever the result is.",
      discussion: """
        Example:
          kadomori spf check --ip 192.0.2.1 --helo mail.example \\
            --mail-from a@b.example

        Without --mail-from the HELO name itself is checked.
        """)

    @Option(help: "The client's address.") var ip: String
    @Option(help: "What it said in HELO or EHLO.") var helo: String
    @Option(help: "What it said in MAIL FROM; \"\" for a bounce.") var mailFrom: String?
    @Option(help: "Our own name, as explanations may contain it.") var receiver = "unknown"
    @OptionGroup var dns: DNSChoice
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      guard let client = IPAddress(ip) else {
        complain("\"\(printable(ip))\" is no IP address")
        throw ExitCode(1)
      }
      let request =
        mailFrom.map { SPFRequest(client: client, helo: helo, sender: Self.bare($0)) }
        ?? SPFRequest(client: client, helo: helo)
      let verifier = SPFVerifier(
        resolver: try dns.resolver(), clock: SystemClock(), receiver: receiver)
      let report = SPFReport(await verifier.check(request), of: request, receiver: receiver)
      if json { return try printJSON(report) }
      for line in report.lines { print(printable(line)) }
    }

    /// Without the brackets that SMTP has round it.
    private static func bare(_ path: String) -> String {
      path.hasPrefix("<") && path.hasSuffix(">") ? String(path.dropFirst().dropLast()) : path
    }
  }
}
