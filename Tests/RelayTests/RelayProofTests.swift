import Mail
import SMTP
import Testing

@testable import Relay

@Suite struct RelayProofTests {
  private func policy(
    networks: [NamedNetwork] = [], rules: [RelayRule] = []
  ) throws -> RelayPolicy {
    let host = try #require(Domain("gate.example.test"))
    let own = try #require(Domain("example.test"))
    return RelayPolicy(
      hostname: host,
      domains: [OwnDomain(domain: own, recipients: .list(["alice"]), route: .discard)],
      networks: networks, rules: rules)
  }

  private func network(_ range: String, hosts: Int?) throws -> NamedNetwork {
    NamedNetwork(name: "n", ranges: [try #require(Network(range))], relays: true, hosts: hosts)
  }

  @Test func `the fixed table is proven`() throws {
    let proof = RelayProof(try policy(networks: [try network("10.0.0.16/28", hosts: 3)]))
    #expect(proof.isProven)
    #expect(proof.count > 500)
  }

  @Test func `a rule that opens the gate is found, with a dialogue`() throws {
    let proof = RelayProof(
      try policy(rules: [RelayRule(listener: .mx, sender: .ownDomain, accepts: true)]))
    #expect(!proof.isProven)
    let dialogue = try #require(proof.counterExamples.first).dialogue
    #expect(dialogue.contains("C: MAIL FROM:<user@example.test>"))
    #expect(dialogue.last?.hasSuffix("relays") == true)
  }

  @Test func `every counter-example is really accepted by the table`() throws {
    let open = try policy(rules: [RelayRule(recipient: .foreign, accepts: true)])
    let proof = RelayProof(open)
    #expect(!proof.counterExamples.isEmpty)
    for example in proof.counterExamples {
      #expect(RelayTable(policy: open).decide(example.situation).isAcceptance)
    }
  }

  @Test(arguments: ["0.0.0.0/0", "8.8.8.0/24", "2000::/3", "10.0.0.0/7"])
  func `a relaying network with public addresses is refused`(range: String) throws {
    // 10.0.0.0/7 reaches 11.255.255.255, which is public.
    #expect(!RelayProof(try policy(networks: [try network(range, hosts: 5)])).isProven)
  }

  @Test func `a relaying network says how many hosts it is`() throws {
    #expect(!RelayProof(try policy(networks: [try network("10.0.0.16/28", hosts: nil)])).isProven)
    #expect(!RelayProof(try policy(networks: [try network("10.0.0.16/32", hosts: 2)])).isProven)
  }

  @Test func `a gateway that hides many is warned of`() throws {
    let proof = RelayProof(try policy(networks: [try network("172.17.0.0/28", hosts: 5)]))
    #expect(proof.isProven)
    #expect(proof.warnings.contains { $0.contains("Docker") })
  }

  @Test func `a random rule is proven only if no stranger gets through`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let rule = RelayRule(
        listener: Bool.random() ? ListenerKind.allCases.randomElement(using: &random) : nil,
        authenticated: [true, false, nil].randomElement(using: &random) ?? nil,
        sender: Bool.random() ? SenderClass.allCases.randomElement(using: &random) : nil,
        recipient: Bool.random() ? RecipientClass.allCases.randomElement(using: &random) : nil,
        accepts: Bool.random())
      let policy = try policy(rules: [rule])
      let table = RelayTable(policy: policy)
      let leaks = table.situations.contains { situation in
        situation.identity == .anonymous && situation.client == .public
          && ![.ownUser, .unknownUser, .barePostmaster].contains(situation.recipient)
          && table.decide(situation).isAcceptance
      }
      if leaks { #expect(!RelayProof(policy).isProven) }
    }
  }

  @Test func `a change that lets a network relay is told in words`() throws {
    let closed = try policy()
    let open = try policy(networks: [try network("10.0.0.16/28", hosts: 3)])
    #expect(RelayDifference(from: closed, to: closed).lines.isEmpty)
    let lines = RelayDifference(from: closed, to: open).lines
    #expect(
      lines.contains(
        "internal · from network n · to foreign recipients · was refused: client not of a named "
          + "network, would be accepted from a network that may relay"), "\(lines)")
    #expect(!lines.contains { $0.hasPrefix("mx") })
  }

  @Test(arguments: [
    ("alice@example.test", RecipientClass.ownUser), ("Alice+x@EXAMPLE.TEST", .ownUser),
    ("bob@example.test", .unknownUser), ("postmaster@example.test", .ownUser),
    ("x@foreign.example", .foreign), ("x%foreign.example@example.test", .disguised),
    ("foreign.example!x@example.test", .disguised),
    ("\"x@foreign.example\"@example.test", .disguised),
    ("alice@[127.0.0.1]", .literal), ("x@sub.example.test", .foreign),
  ])
  func `a recipient is seen for what it is`(text: String, expected: RecipientClass) throws {
    let mailbox: Mailbox = try #require(Mailbox(text))
    #expect(Classifier(policy: try policy()).recipient(ForwardPath(mailbox: mailbox)) == expected)
  }
}
