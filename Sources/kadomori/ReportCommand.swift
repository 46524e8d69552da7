import ArgumentParser
import Foundation
import Reports

/// `kadomori report`: what others report of our mail.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Read reports that others sent.", subcommands: [Read.self])

  struct Read: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what a DMARC, TLS or feedback report says.",
      discussion: """
        FILE is the report itself (XML or JSON), packed by gzip or zip, or the mail it came in;
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
