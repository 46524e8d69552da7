import Mail
import SMTP
import Testing

@testable import Relay

/// Who may say who the client is, by the PROXY protocol or XCLIENT.
@Suite struct PeersTests {
  private func policy(_ listeners: [RelayListener], named: Bool = true) throws -> RelayPolicy {
    let network = NamedNetwork(
      name: "scanners", ranges: [try #require(Network("10.0.0.17"))], relays: true, hosts: 1)
    return RelayPolicy(
      hostname: try #require(Domain("gate.example.test")),
      domains: [
        OwnDomain(
          domain: try #require(Domain("example.test")), recipients: .list(["alice"]),
          route: .discard)
      ], networks: named ? [network] : [], listeners: listeners)
  }

  private func peers(_ ranges: String...) throws -> [Network] {
    try ranges.map { try #require(Network($0)) }
  }

  @Test(arguments: ["0.0.0.0/0", "203.0.113.9", "0.0.0.0/1", "::/0", "8.8.8.0/24"])
  func `a public proxy of an internal listener is an open relay, with its dialogue`(
    range: String
  ) throws {
    let policy = try policy([RelayListener(kind: .internal, proxies: try peers(range))])
    let proof = RelayProof(policy)
    #expect(!proof.isProven)
    #expect(proof.faults.contains { $0.contains("proxies") && $0.contains("public addresses") })
    let example = try #require(proof.counterExamples.first)
    #expect(example.dialogue[1] == "C: PROXY TCP4 10.0.0.17 10.0.0.17 40000 25")
    #expect(example.dialogue.last?.hasSuffix("relays") == true)
    #expect(RelayTable(policy: policy).decide(example.situation).isAcceptance)
  }

  @Test func `a public peer that may say XCLIENT is one too`() throws {
    let proof = RelayProof(
      try policy([RelayListener(kind: .internal, clientAttributePeers: try peers("0.0.0.0/0"))]))
    #expect(!proof.isProven)
    #expect(proof.counterExamples.first?.dialogue.contains("C: XCLIENT ADDR=10.0.0.17") == true)
  }

  @Test func `it is refused before a network is named, for a reload may name one`() throws {
    let listener = RelayListener(kind: .internal, proxies: try peers("0.0.0.0/0"))
    let proof = RelayProof(try policy([listener], named: false))
    #expect(!proof.isProven)
    #expect(proof.counterExamples.isEmpty)
  }

  @Test(arguments: [ListenerKind.mx, .submission])
  func `on other listeners it is a warning`(kind: ListenerKind) throws {
    let proof = RelayProof(
      try policy([
        RelayListener(kind: kind, proxies: try peers("0.0.0.0/0")), RelayListener(kind: .internal),
      ]))
    #expect(proof.isProven)
    #expect(
      proof.warnings.contains { $0.hasPrefix("\(kind.rawValue) listener, proxies: 0.0.0.0/0") })
  }

  @Test func `many private peers are counted, few are trusted in silence`() throws {
    let many = RelayProof(
      try policy([RelayListener(kind: .internal, proxies: try peers("10.0.0.0/24", "10.1.0.0/24"))])
    )
    #expect(many.isProven)
    #expect(many.warnings.contains { $0.contains("proxies: 512 addresses may say") })
    let few = RelayProof(
      try policy([RelayListener(kind: .internal, proxies: try peers("10.0.5.8/30", "127.0.0.0/8"))])
    )
    #expect(few.warnings.isEmpty, "\(few.warnings)")
    let bridge = RelayProof(
      try policy([RelayListener(kind: .internal, clientAttributePeers: try peers("172.20.0.1"))]))
    #expect(bridge.warnings.contains { $0.contains("xclient: there is 172.20.0.1") })
  }

  @Test func `a relaying network that no internal listener serves is warned of`() throws {
    let alone = RelayProof(try policy([RelayListener(kind: .mx)]))
    #expect(alone.warnings.contains { $0.contains("no [[listener]] of kind \"internal\"") })
    #expect(RelayProof(try policy([RelayListener(kind: .internal)])).warnings.isEmpty)
  }
}
