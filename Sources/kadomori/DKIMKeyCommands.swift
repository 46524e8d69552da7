import ArgumentParser
import DNS
import Foundation
import Mail
import MailAuth
import Settings

extension SettingsFile {
  fileprivate func keyFolder() throws -> DKIMKeyFolder {
    DKIMKeyFolder(dataDirectory: try load().dataDirectory)
  }
}

extension Timestamp {
  fileprivate static var now: Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
  }
}

/// What people and programs read of a key; never the key itself.
private struct KeyRow: Encodable {
  let domain: String
  let selector: String
  let algorithm: String
  let bits: Int
  let state: String
  let since: String
  let record: String
  let recordName: String
  var standing: String?

  init(_ key: DKIMKeyFile, standing: DKIMRecord.Standing? = nil) {
    domain = key.domain.ascii
    selector = key.selector.ascii
    algorithm = key.key.type.rawValue
    bits = key.key.bits
    state = key.state.rawValue
    since = key.since.iso8601
    record = key.record?.text ?? ""
    recordName = key.record?.name.ascii ?? ""
    self.standing = standing?.rawValue
  }
}

private func tellToPublish(_ keys: [DKIMKeyFile], _ domain: Domain) {
  for key in keys { print(key.record?.zoneLine ?? "") }
  print("publish these records, then: kadomori dkim rotate \(domain)")
}

/// `kadomori dkim keygen`.
struct DKIMKeygenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make signing keys for a domain; they sign once their records stand.",
    discussion: "Example: kadomori dkim keygen example.ac.jp")

  /// RSA for everybody, Ed25519 for those who can (RFC 8463 §5).
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case both, rsa, ed25519

    var types: [SignatureKeyType] {
      switch self {
      case .both: [.rsa, .ed25519]
      case .rsa: [.rsa]
      case .ed25519: [.ed25519]
      }
    }
  }

  @OptionGroup var file: SettingsFile
  @Argument(help: "The domain that will sign.") var domain: String
  @Option(help: "both, rsa or ed25519.") var type = Kind.both
  @Option(help: "A selector of your own; by default the day and the kind.") var selector: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let domain = try domainArgument(domain)
    let folder = try file.keyFolder()
    let keys = try saying {
      let new = try DKIMRotation.newKeys(
        domain, type.types, selector: selector, besides: try folder.keys(of: domain), now: .now)
      for key in new { try folder.write(key) }
      return new
    }
    if json { return try printJSON(keys.map { KeyRow($0) }) }
    tellToPublish(keys, domain)
  }
}

/// `kadomori dkim list`.
struct DKIMListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the signing keys and their states.",
    discussion: "Example: kadomori dkim list --json")

  @OptionGroup var file: SettingsFile
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let folder = try file.keyFolder()
    let keys = try saying { try folder.keys() }
    if json { return try printJSON(keys.map { KeyRow($0) }) }
    for key in keys {
      let end = key.isForgotten(at: .now) ? ", its record may go" : ""
      print(
        "\(key.domain)  \(key.selector)  \(key.key.type.rawValue) \(key.key.bits) bits  "
          + "\(key.state.rawValue) since \(key.since.iso8601)\(end)")
    }
    if keys.isEmpty { print("no keys; make some with: kadomori dkim keygen DOMAIN") }
  }
}

/// `kadomori dkim record`.
struct DKIMRecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Print a domain's records as they must stand in the DNS, and whether they do.",
    discussion: "Example: kadomori dkim record example.ac.jp; exits 1 if one does not stand")

  @OptionGroup var file: SettingsFile
  @Argument(help: "The domain.") var domain: String
  @OptionGroup var dns: DNSChoice
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let domain = try domainArgument(domain)
    let folder = try file.keyFolder()
    let keys = try saying { try folder.keys(of: domain) }
    let resolver = try dns.resolver()
    var rows: [KeyRow] = []
    for key in keys {
      guard let record = key.record else { continue }
      let standing = await record.standing(in: resolver)
      rows.append(KeyRow(key, standing: standing))
      if !json { print("\(record.zoneLine)\n  ; \(key.state.rawValue), \(Self.words(standing))") }
    }
    if json { try printJSON(rows) }
    guard !rows.isEmpty else {
      complain("\(domain) has no key; make one with: kadomori dkim keygen \(domain)")
      throw ExitCode(1)
    }
    guard rows.allSatisfy({ $0.standing == "stands" }) else { throw ExitCode(1) }
  }

  private static func words(_ standing: DKIMRecord.Standing) -> String {
    switch standing {
    case .stands: "stands in the DNS"
    case .ambiguous: "stands beside other keys; take those out"
    case .differs: "NOT in the DNS: something else stands there"
    case .revoked: "NOT in the DNS: the record there revokes it"
    case .absent: "NOT in the DNS"
    case .unknown: "unknown: the DNS gives no answer"
    }
  }
}

/// `kadomori dkim rotate`.
struct DKIMRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Take the next step in changing a domain's keys.",
    discussion: """
      Example: kadomori dkim rotate example.ac.jp

      First it makes keys and prints their records. Once those stand in the DNS, it lets the new \
      keys sign and retires the old ones. Seven days later it removes them, and their records may \
      go.
      """)

  @OptionGroup var file: SettingsFile
  @Argument(help: "The domain.") var domain: String
  @OptionGroup var dns: DNSChoice

  func run() async throws {
    let domain = try domainArgument(domain)
    let folder = try file.keyFolder()
    let keys = try saying { try folder.keys(of: domain) }
    var standing: Set<String> = []
    if keys.contains(where: { $0.state == .waiting }) {
      let resolver = try dns.resolver()
      for key in keys where key.state == .waiting {
        let found = await key.record?.standing(in: resolver)
        if found == .stands { standing.insert(key.selector.ascii) }
      }
    }
    let rotation = DKIMRotation(keys, now: .now) { standing.contains($0.selector.ascii) }
    try saying { try take(rotation, keys, domain, folder) }
    if case .publish = rotation.step { throw ExitCode(1) }
  }

  private func take(
    _ rotation: DKIMRotation, _ keys: [DKIMKeyFile], _ domain: Domain, _ folder: DKIMKeyFolder
  ) throws {
    for key in rotation.forgotten {
      try folder.remove(key)
      print("removed \(key.selector); its record may go: \(key.record?.name.ascii ?? "")")
    }
    switch rotation.step {
    case .make:
      let new = try DKIMRotation.newKeys(domain, [.rsa, .ed25519], besides: keys, now: .now)
      for key in new { try folder.write(key) }
      tellToPublish(new, domain)
    case .publish(let missing):
      complain("these records do not stand yet; nothing was changed")
      tellToPublish(missing, domain)
    case .change(let changed):
      // New keys first: a crash between two writes leaves a domain that signs twice, never not at
      // all.
      for key in changed.sorted(by: { $0.state == .active && $1.state != .active }) {
        try folder.write(key)
        print("\(key.selector) is \(key.state.rawValue)")
      }
    }
  }
}
