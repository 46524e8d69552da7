import ArgumentParser
import Foundation
import Gateway
import Journal
import Mail
import Reports

/// `kadomori report`: what others report of our mail.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Read reports that others sent, and sum them up.",
    subcommands: [Read.self, Summary.self])

  struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sum up the DMARC, TLS and abuse reports that arrived in reports.mailbox.",
      discussion: """
        From the journal; the gate need not run.

        Example: kadomori report summary --days 7
        """)

    @OptionGroup var file: SettingsFile
    @Option(help: "Days back from now.") var days = 30
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
      guard (1...36_500).contains(days) else { throw ValidationError("--days is no span of days.") }
    }

    func run() throws {
      let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
      let summary: ReportSummary
      do {
        summary = try JournalReader(path: JournalPlace.path(try file.load()))
          .reports(since: now + -86_400 * days)
      } catch let failure as JournalFailure {
        complain("\(failure)")
        throw ExitCode(1)
      }
      if json { return try printJSON(summary) }
      for line in ReportSummaryText(summary).lines { print(printable(line)) }
    }
  }

  struct Read: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what a DMARC, TLS or feedback report says.",
      discussion: """
        FILE is the report itself (XML or JSON), packed by gzip or zip, or the mail it came in; \
        - reads standard input. Exits 1 with the reason when it can't be read.

        Example: kadomori report read google.com!example.jp!1777075200!1777161599.zip
        """)

    @Argument(help: "The report, or the mail with it.") var file: String
    @Flag(help: "Print JSON, everything.") var json = false

    func run() throws {
      let report: ReceivedReport
      do {
        report = try ReceivedReport.read(try Self.octets(of: file))
      } catch let refusal as ReportRefusal {
        complain("\(printable(file)): \(printable("\(refusal)"))")
        throw ExitCode(1)
      }
      if json {
        try printJSON(report)
      } else {
        for line in report.summary { print(line) }
      }
    }

    /// One octet more than is read at all, so that a file too large is told as one.
    private static func octets(of file: String) throws -> [UInt8] {
      let handle =
        file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
      guard let handle else {
        complain("\(printable(file)): can't be opened")
        throw ExitCode(1)
      }
      var bytes: [UInt8] = []
      do {
        while bytes.count <= ReceivedReport.sizeLimit,
          let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty
        { bytes += piece }
      } catch {
        complain("\(printable(file)): can't be read")
        throw ExitCode(1)
      }
      return bytes
    }
  }
}
