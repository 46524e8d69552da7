import ArgumentParser
import Foundation
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
        Example:
          kadomori auth check --ip 192.0.2.1 --helo mail.example \\
            --mail-from a@b.example --zone records.zone < message.eml

        Exits 0 whatever the judgement is.
        """)

    @Option(help: "The client's address.") var ip: String
    @Option(help: "What it said in HELO or EHLO.") var helo: String
    @Option(help: "What it said in MAIL FROM; \"\" for a bounce.") var mailFrom: String
    @Option(help: "Our own name.") var receiver = "localhost"
    @OptionGroup var dns: DNSChoice
    @OptionGroup var message: MessageChoice
    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Judge so often and print only what one judgement costs.") var rounds: Int?

    func validate() throws {
      if let rounds, !(1...1_000_000).contains(rounds) {
        throw ValidationError("--rounds is no such number.")
      }
    }

    func run() async throws {
      guard let client = IPAddress(ip) else {
        complain("\"\(printable(ip))\" is no IP address")
        throw ExitCode(1)
      }
      let verifier = IdentityVerifier(
        resolver: try dns.resolver(), clock: SystemClock(), receiver: receiver)
      let (bytes, sender, now) = (try message.bytes(), try sender(), message.time)
      if let rounds {
        return await Self.measure(rounds) {
          _ = await verifier.judge(bytes, client: client, helo: helo, sender: sender, now: now)
        }
      }
      let identity = await verifier.judge(
        bytes, client: client, helo: helo, sender: sender, now: now)
      let report = IdentityReport(identity)
      if json { return try printJSON(report) }
      for line in report.lines { print(printable(line)) }
    }

    /// Prints the processor time of one of many.
    private static func measure(_ rounds: Int, _ work: () async -> Void) async {
      await work()
      let start = processorMicroseconds()
      for _ in 0..<rounds { await work() }
      let one = (processorMicroseconds() - start) / Double(rounds)
      print("\(Int(one.rounded())) microseconds of processor time each")
    }

    private static func processorMicroseconds() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
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
