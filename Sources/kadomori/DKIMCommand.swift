import ArgumentParser
import DNS
import Foundation
import Mail
import MailAuth
import Settings

/// `kadomori dkim`: the keys that sign our mail, and what signatures are worth.
struct DKIMCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dkim", abstract: "Make and rotate signing keys; sign and verify messages.",
    discussion: "Example: kadomori dkim verify < message.eml",
    subcommands: [
      DKIMKeygenCommand.self, DKIMListCommand.self, DKIMRotateCommand.self,
      DKIMRecordCommand.self, DKIMVerifyCommand.self, DKIMSignCommand.self,
    ])
}

/// `kadomori dkim verify`.
struct DKIMVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Judge every signature of a message; exits 1 if none passes.",
    discussion: "Example: kadomori dkim verify --zone keys.zone message.eml")

  @OptionGroup var dns: DNSChoice
  @OptionGroup var message: MessageChoice
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let report = await DKIMVerifier.judge(
      try message.bytes(), now: message.time, resolver: try dns.resolver())
    if json {
      try printJSON(report)
    } else {
      for result in report.signatures { print(Self.line(result)) }
      if report.unjudged > 0 { print("\(report.unjudged) more signatures were not looked at") }
      if report.signatures.isEmpty { print("none: the message has no signature") }
    }
    guard report.status == .pass else { throw ExitCode(1) }
  }

  static func line(_ result: DKIMResult) -> String {
    var details: [String] = []
    if let selector = result.selector { details.append("s=\(selector)") }
    if let algorithm = result.algorithm { details.append(algorithm.rawValue) }
    if let bits = result.keyBits { details.append("\(bits) bits") }
    if result.isTesting { details.append("testing") }
    let behind = details.isEmpty ? "" : " (\(details.joined(separator: ", ")))"
    return printable("\(result.status.rawValue): \(result.reason)\(behind)")
  }
}

/// `kadomori dkim sign`.
struct DKIMSignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Print a message with the signatures of a domain in front.",
    discussion: "Example: kadomori dkim sign --domain example.ac.jp message.eml > signed.eml")

  @OptionGroup var file: SettingsFile
  @Option(help: "The domain that signs.") var domain: String
  @Option(help: "A key in PEM instead of the domain's own keys; needs --selector.")
  var key: String?
  @Option(help: "The selector of --key.") var selector: String?
  @OptionGroup var message: MessageChoice

  func run() async throws {
    let domain = try domainArgument(domain)
    let bytes = try message.bytes()
    let signers = try key.map { try [signer(domain, $0)] } ?? ownSigners(domain)
    let fields = try saying { try DKIMSigner.sign(bytes, with: signers, now: message.time) }
    message.print(fields, before: bytes)
  }

  private func signer(_ domain: Domain, _ path: String) throws -> DKIMSigner {
    guard let selector = selector.flatMap({ Domain($0) }) else {
      complain("--key needs the --selector under which its record stands")
      throw ExitCode(1)
    }
    let pem = try MessageChoice.read(path)
    let key = try saying { () throws in try SignaturePrivateKey(pem: pem) }
    return DKIMSigner(domain: domain, selector: selector, key: key)
  }

  private func ownSigners(_ domain: Domain) throws -> [DKIMSigner] {
    let folder = DKIMKeyFolder(dataDirectory: try file.load().dataDirectory)
    let keys = try saying { try folder.keys(of: domain) }.filter { $0.state == .active }
    guard !keys.isEmpty else {
      complain("\(domain) has no active key; see: kadomori dkim list")
      throw ExitCode(1)
    }
    return keys.map(\.signer)
  }
}

/// A domain given on the command line.
func domainArgument(_ text: String) throws -> Domain {
  guard let domain = Domain(text) else {
    complain("\(printable(text)) is no domain")
    throw ExitCode(1)
  }
  return domain
}

/// Turns a failure into its sentence and exit code 1.
func saying<Value>(_ work: () throws -> Value) throws -> Value {
  do {
    return try work()
  } catch {
    complain("\(error)")
    throw ExitCode(1)
  }
}
