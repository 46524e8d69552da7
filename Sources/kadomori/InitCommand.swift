import ArgumentParser
import Foundation
import Gateway
import Mail
import Settings

/// `kadomori init`: writes the short settings file of an organisation.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a settings file; asks what the flags leave open.",
    discussion: """
      Example:
        kadomori init --settings kadomori.toml --hostname mx1.example.ac.jp \\
          --domain example.ac.jp --next-hop 10.0.0.5:25 --recipients ask
      """)

  @OptionGroup var file: SettingsFile
  @Option(help: "The gate's own name, as the DNS knows it.") var hostname: String?
  @Option(help: "The domain whose mail comes in.") var domain: String?
  @Option(help: "HOST:PORT of the mail server behind the gate.") var nextHop: String?
  @Option(help: "ask (the mail server), or file:/path with one local part a line.")
  var recipients: String?
  @Option(help: "Where data are kept.") var dataDirectory = "/var/lib/kadomori"

  func run() throws {
    guard !FileManager.default.fileExists(atPath: file.path) else {
      complain(
        "\(file.path) is there already; it is not touched. Name another with --settings FILE")
      throw ExitCode(1)
    }
    let text = Self.text(
      hostname: try answer(hostname, "The gate's own name, such as mx1.example.ac.jp"),
      domain: try answer(domain, "The domain whose mail comes in, such as example.ac.jp"),
      nextHop: try answer(nextHop, "The mail server behind the gate, such as 10.0.0.5:25"),
      recipients: try answer(
        recipients, "Who knows the recipients: ask (that server), or file:/path/to/list"),
      dataDirectory: dataDirectory)
    _ = try SettingsFile.told(SettingsFile.parse(Array(text.utf8)), of: file.path)
    if let fault = PrivateFile.create(file.path, text, mode: 0o644) {
      complain("\(fault); name another place with --settings FILE, or run this as root")
      throw ExitCode(1)
    }
    print("wrote \(file.path). Next:")
    print("  kadomori check --settings \(file.path)")
    print("  kadomori user add somebody@DOMAIN --settings \(file.path)")
    print("  kadomori serve --settings \(file.path)")
  }

  private func answer(_ given: String?, _ question: String) throws -> String {
    if let given { return given }
    guard isatty(0) == 1 else {
      complain("needed: \(question). See kadomori init --help")
      throw ExitCode(1)
    }
    print(question + ": ", terminator: "")
    fflush(nil)
    return readLine(strippingNewline: true) ?? ""
  }

  static func text(
    hostname: String, domain: String, nextHop: String, recipients: String, dataDirectory: String
  ) -> String {
    """
    # Written by kadomori init; kadomori settings lists everything that may stand here.
    hostname = \(quoted(hostname))
    data-directory = \(quoted(dataDirectory))
    postmaster = \(quoted("postmaster@" + domain))

    # Strangers bring mail for our domain.
    [[listener]]
    kind = "mx"
    address = "0.0.0.0:25"

    # Our people, after a login, send to anyone.
    [[listener]]
    kind = "submission"
    address = "0.0.0.0:587"

    [domain.\(quoted(domain))]
    route = \(quoted("smtp://" + nextHop))
    recipients = \(quoted(recipients))

    [status]
    address = "127.0.0.1:2580"

    """
  }
}
