import Mail
import SMTP
import Testing

@testable import Relay

/// The bare `<Postmaster>`, gateways that hide many, backscatter, and disguises by look-alikes.
@Suite struct PostmasterTests {
  private func policy(
    own: Bool, postmaster: String? = nil, networks: [NamedNetwork] = [], rules: [RelayRule] = [],
    outbound: Route = .hosts([RouteHost(name: "smart.example", port: 25)], tls: .opportunistic)
  ) throws -> RelayPolicy {
    let domain = OwnDomain(
      domain: try #require(Domain("example.test")), recipients: .list(["alice"]), route: .discard)
    return RelayPolicy(
      hostname: try #require(Domain("gate.example.test")), domains: own ? [domain] : [],
      networks: networks, rules: rules, foreignRoute: outbound,
      postmaster: try postmaster.map { try #require(Mailbox($0)) },
      listeners: [RelayListener(kind: .mx), RelayListener(kind: .internal)])
  }

  private func decision(_ policy: RelayPolicy) -> RelayDecision {
    let recipient = Classifier(policy: policy).recipient(ForwardPath(mailbox: nil))
    return RelayTable(policy: policy).decide(
      Situation(
        listener: .mx, client: .public, usesTLS: false, identity: .anonymous, sender: .null,
        recipient: recipient))
  }

  @Test func `without a domain and a postmaster nobody's postmaster goes to the smart host`() throws
  {
    let bare = try policy(own: false)
    #expect(decision(bare) == .refuse(.noPostmaster))
    #expect(RelayProof(bare).isProven)
    #expect(decision(try policy(own: true)) == .accept(.ownRecipient))
    #expect(
      decision(try policy(own: false, postmaster: "ops@elsewhere.example"))
        == .accept(.ownRecipient))
  }

  @Test func `a rule that opens that way is found`() throws {
    let rule = RelayRule(recipient: .barePostmaster, accepts: true)
    let proof = RelayProof(try policy(own: false, rules: [rule]))
    #expect(!proof.isProven)
    #expect(proof.counterExamples.first?.dialogue.contains("C: RCPT TO:<postmaster>") == true)
    #expect(RelayProof(try policy(own: true, rules: [rule])).isProven)
  }

  @Test(arguments: [
    "172.17.0.1", "172.20.0.1", "172.31.0.1", "192.168.1.1", "192.168.0.1", "10.0.0.1",
    "10.244.0.1", "10.42.0.1",
  ])
  func `a gateway is warned of by its address`(address: String) throws {
    let network = NamedNetwork(
      name: "n", ranges: [try #require(Network(address))], relays: true, hosts: 1)
    let warnings = RelayProof(try policy(own: true, networks: [network])).warnings
    #expect(warnings.count == 1, "\(warnings)")
    #expect(warnings.first?.contains("has \(address), the gateway of") == true)
  }

  @Test func `a rule that accepts unknown users is warned of as backscatter`() throws {
    let rule = RelayRule(listener: .mx, recipient: .unknownUser, accepts: true)
    let proof = RelayProof(try policy(own: true, rules: [rule]))
    #expect(proof.isProven)
    #expect(proof.warnings.contains { $0.contains("users that do not exist (mx)") })
    #expect(RelayProof(try policy(own: true)).warnings.isEmpty)
  }

  @Test func `mail that is thrown away is warned of`() throws {
    let warnings = RelayProof(try policy(own: true, outbound: .discard)).warnings
    #expect(warnings.contains { $0.contains("thrown away") })
  }

  @Test(
    arguments: [
      0xFF05, 0xFF20, 0xFF01, 0xFE6A, 0xFE6B, 0xFE57, 0xFE15, 0x203C, 0x2048, 0x2049,
    ] as [UInt32])
  func `a look-alike of a route sign is a disguise`(scalar: UInt32) throws {
    let sign = try #require(Unicode.Scalar(scalar))
    let own = try #require(Domain("example.test"))
    let mailbox = Mailbox(localPart: "victim\(sign)elsewhere.example", host: .domain(own))
    for recipients in [RecipientSource.any, .list(["alice"])] {
      var policy = try policy(own: true)
      policy.domains = [OwnDomain(domain: own, recipients: recipients, route: .discard)]
      #expect(
        Classifier(policy: policy).recipient(ForwardPath(mailbox: mailbox)) == .disguised)
    }
  }
}
