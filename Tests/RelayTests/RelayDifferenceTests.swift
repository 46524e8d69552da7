import Mail
import SMTP
import Testing

@testable import Relay

/// Each change that treats some mail differently is told.
@Suite struct RelayDifferenceTests {
  private func domain(
    _ name: String = "example.test", _ recipients: RecipientSource = .list(["alice"]),
    _ route: Route = .discard
  ) throws -> OwnDomain {
    OwnDomain(domain: try #require(Domain(name)), recipients: recipients, route: route)
  }

  private func network(_ range: String, name: String = "n", hosts: Int = 3) throws -> NamedNetwork {
    NamedNetwork(name: name, ranges: [try #require(Network(range))], relays: true, hosts: hosts)
  }

  private func policy(_ change: (inout RelayPolicy) throws -> Void = { _ in }) throws -> RelayPolicy
  {
    var policy = try policy(domains: [domain()])
    try change(&policy)
    return policy
  }

  private func policy(domains: [OwnDomain]) throws -> RelayPolicy {
    RelayPolicy(
      hostname: try #require(Domain("gate.example.test")), domains: domains,
      networks: [try network("10.0.0.16/28")],
      groups: [AccountGroup(name: "staff", sends: .ownAddresses)],
      listeners: [RelayListener(kind: .internal)])
  }

  private func lines(_ old: RelayPolicy, _ new: RelayPolicy) -> [String] {
    RelayDifference(from: old, to: new).lines
  }

  @Test func `nothing is said of two that are the same`() throws {
    #expect(lines(try policy(), try policy()).isEmpty)
  }

  @Test func `a domain that comes or goes`() throws {
    let (one, two) = (
      try policy(), try policy(domains: [domain(), domain("other.example", .any)])
    )
    #expect(
      lines(one, two) == [
        "mail for other.example · was foreign, refused from strangers; would be ours: delivered "
          + "nowhere: thrown away, users any at all"
      ])
    #expect(lines(two, one).first?.hasPrefix("mail for other.example · was ours") == true)
  }

  @Test func `a route and the users of a domain`() throws {
    let asked = try policy(domains: [domain("example.test", .ask(acceptsWhenUnreachable: false))])
    let any = try policy(domains: [domain("example.test", .any)])
    #expect(
      lines(asked, any) == [
        "users of example.test · were asked of the next hop, would be any at all"
      ])
    let maildir = try policy(domains: [domain("example.test", .list(["alice"]), .maildir("/m"))])
    #expect(
      lines(try policy(), maildir) == [
        "mail for example.test · was delivered nowhere: thrown away, would be to the Maildir /m"
      ])
    let bob = try policy(domains: [domain("example.test", .list(["bob"]))])
    #expect(
      lines(try policy(), bob) == [
        "mail for bob of example.test · was refused, would be accepted",
        "mail for alice of example.test · was accepted, would be refused",
      ])
  }

  @Test func `a network that is widened, though the table has the same row`() throws {
    let wide = try policy { $0.networks = [try network("10.0.0.0/8", hosts: 4)] }
    #expect(
      lines(try policy(), wide) == [
        "clients of network n · were 10.0.0.16/28 (16 addresses), 3 hosts, may relay, would be "
          + "10.0.0.0/8 (16777216 addresses), 4 hosts, may relay"
      ])
  }

  @Test func `a network of another name opens nothing new to its hosts`() throws {
    let renamed = try policy { $0.networks = [try network("10.0.0.16/28", name: "m")] }
    #expect(!lines(try policy(), renamed).contains { $0.hasPrefix("internal") })
  }

  @Test func `whom the listeners believe, rights, ways out, postmaster`() throws {
    let open = try policy {
      $0.listeners = [RelayListener(kind: .internal, proxies: [try #require(Network("10.0.0.1"))])]
    }
    #expect(
      lines(try policy(), open) == [
        "internal · peers whose PROXY header is believed · was nobody, would be 10.0.0.1 "
          + "(1 address)"
      ])
    let changes: [(String, (inout RelayPolicy) -> Void)] = [
      ("mail for everybody else", { $0.foreignRoute = .discard }),
      ("mail for the bare <Postmaster>", { $0.postmaster = Mailbox("ops@example.test") }),
      ("accounts of group staff", { $0.groups = [AccountGroup(name: "staff", sends: .anything)] }),
      ("mx · listeners", { $0.listeners.append(RelayListener(kind: .mx)) }),
    ]
    for (words, change) in changes {
      let found = lines(try policy(), try policy(change))
      #expect(found.count == 1 && found[0].hasPrefix(words), "\(found)")
    }
  }
}
