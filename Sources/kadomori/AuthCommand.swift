import ArgumentParser
import Gateway
import Mail
import MailAuth

/// `kadomori auth`: who really sent a message.
struct AuthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auth", abstract: "Judge who really sent a message, by all proofs together.",
    subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print SPF, DKIM, DMARC, ARC and the client's name, and why.",
      discussion: """
        Example: kadomori auth check --ip 192.0.2.1 --helo mail.example --mail-from a@b.example \\
          --zone records.zone < message.eml
        Exits 0 whatever the judgement is.
        """)

    @Option(help: "The client's address.") var ip: String
    @Option(help: "What it said in HELO or EHLO.") var helo: String
    @Option(help: "What it said in MAIL FROM; \"\" for a bounce.") var mailFrom: String
    @Option(help: "Our own name.") var receiver = "localhost"
    @OptionGroup var dns: DNSChoice
    @OptionGroup var message: MessageChoice
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      guard let client = IPAddress(ip) else {
        complain("\"\(printable(ip))\" is no IP address")
        throw ExitCode(1)
      }
      let verifier = IdentityVerifier(
        resolver: try dns.resolver(), clock: SystemClock(), receiver: receiver)
      let identity = await verifier.judge(
        try message.bytes(), client: client, helo: helo, sender: try sender(), now: message.time)
      let report = IdentityReport(identity)
      if json { return try printJSON(report) }
      for line in report.lines { print(printable(line)) }
    }

    private func sender() throws -> Mailbox? {
      let isPath = mailFrom.hasPrefix("<") && mailFrom.hasSuffix(">")
      let bare = isPath ? String(mailFrom.dropFirst().dropLast()) : mailFrom
      if bare.isEmpty { return nil }
      guard let mailbox = Mailbox(bare) else {
        complain("\"\(printable(mailFrom))\" is no address")
        throw ExitCode(1)
      }
      return mailbox
    }
  }
}
