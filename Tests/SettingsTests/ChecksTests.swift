import Mail
import Relay
import SMTP
import Testing

@testable import Settings

/// What `check` must not call good.
@Suite struct ChecksTests {
  private let start = "hostname = \"gate.example.test\"\n"

  private func faults(_ text: String, certificate: String? = nil) -> [String] {
    do {
      _ = try GateSettings.load(Array(text.utf8)) { _ in
        nil
      } certificateFault: { _ in
        certificate
      }
      return []
    } catch {
      return error.faults.map { $0.line(in: "f") }
    }
  }

  @Test(arguments: [
    ("[domain.\"b.example\"]", "f:2:2: domain b.example needs a route"),
    ("[network.b]", "f:2:2: network b needs addresses"),
    ("[[rule]]", "f:2:3: a rule needs action"),
    ("[[listener]]", "f:2:3: a listener needs kind and address"),
    ("listener = { kind = \"mx\", address = \"1.2.3.4:25\" }", "f:2:1: there may be several of"),
    ("[listener]\nkind = \"mx\"", "f:2:2: there may be several of"),
    ("rule = [1]", "f:2:9: every rule must be a table, not a number"),
    ("[dns]\nservers = [\"192.0.2.1@53\", \"nonsense\"]", "f:3:28: dns.servers: \"nonsense\" is"),
    ("[dns]\nservers = [\"192.0.2.1@70000\"]", "is not an address such as"),
    ("[dns]\nservers = [\"\"]", "is not an address such as"),
    ("[[attachment]]\nclass = \"program\"", "an attachment row needs an action"),
    ("[[attachment]]\naction = \"hold\"", "needs class, extension or type"),
    (
      "[[attachment]]\nclass = \"exe\"\naction = \"hold\"",
      "f:3:9: \"exe\" is no class of attachments: program"
    ),
    (
      "[[attachment]]\ntype = [\"pdf\", \"isoo\"]\naction = \"hold\"",
      "f:3:8: no file is of the type \"isoo\""
    ),
    (
      "[domain.\"b.example\"]\nroute = \"discard\"\nrecipients = [\"a\", \"x@c.example\"]",
      "f:4:20: \"x@c.example\" is no user of b.example"
    ),
    ("[domain.\"b.example\"]\nroute = \"smtp://h:0\"", "is not a route"),
    ("[retry]\nwarning = \"3s\"", "f:3:11: retry.warning: must lie between 1m and 30d"),
    ("[limits]\nmessage-size = 5", "must lie between "),
    ("[network.b]\naddresses = [\"10.0.0.1/24\"]", "range such as 10.0.0.0/24"),
    ("[network.b]\naddresses = [\"10.0.0.300/24\"]", "range such as 10.0.0.16/28"),
    ("[ppap]\ninbound = \"accept\"", "must be one of pass, mark, hold, strip, refuse"),
  ])
  func `an empty or wrong part is found where it stands`(text: String, words: String) {
    let found = faults(start + text)
    #expect(found.contains { $0.contains(words) }, "\(found)")
  }

  @Test func `a list of users may have whole addresses of the domain`() throws {
    let text = """
      [domain."b.example"]
      route = "discard"
      recipients = ["one", "Two@B.example"]
      """
    let settings = try GateSettings.load(Array((start + text).utf8)) { _ in nil }
    guard case .list(let names) = settings.policy.domains.first?.recipients else {
      Issue.record("no list")
      return
    }
    #expect(names == ["one", "two"])
  }

  @Test(arguments: [
    ("a b.example", "hostname \"a b.example\" is not a domain name: expected a domain label"),
    ("192.0.2.1", "it is an address; give the name"), ("", "it is empty"),
    ("mx.example.", "leave the dot at its end out"), ("mx..example", "expected a domain label"),
  ])
  func `a bad hostname hears what is wrong with it`(name: String, words: String) {
    let found = faults("hostname = \"\(name)\"\n")
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(words) == true, "\(found)")
    #expect(found.first?.hasPrefix("f:1:12: ") == true)
    #expect(!found.contains { $0.contains("is needed") })
  }

  @Test func `faults stand in the order of the file, and a domain in two spellings is one`() {
    let found = faults(
      start
        + "[network.b]\n[[rule]]\n[domain.\"B.example\"]\nroute = \"mx\"\nrecipients = \"any\"\n"
        + "[domain.\"b.example\"]\nroute = \"mx\"\nrecipients = \"any\"\n")
    #expect(found.map { $0.split(separator: ":")[1] } == ["2", "3", "8"], "\(found)")
    #expect(found.last?.contains("b.example is given twice") == true)
  }

  private func listener(_ place: String) -> String {
    "[[listener]]\nkind = \"mx\"\naddress = \"\(place)\"\n"
  }

  @Test(arguments: [
    ("127.0.0.1:25", "127.0.0.1:25"), ("0.0.0.0:25", "10.0.0.1:25"), ("[::1]:25", "[::]:25"),
  ])
  func `one place is not bound twice`(one: String, other: String) {
    let found = faults(start + listener(one) + listener(other))
    #expect(found == ["f:7:11: \(other) is taken by another listener"])
    let status = faults(start + listener(one) + "[status]\naddress = \"\(other)\"\n")
    #expect(status == ["f:6:11: \(other) is taken by a listener"])
  }

  @Test(arguments: [
    ("127.0.0.1:0", "127.0.0.1:0"), ("127.0.0.1:25", "127.0.0.2:25"), ("0.0.0.0:25", "[::]:25"),
    ("127.0.0.1:25", "127.0.0.1:26"),
  ])
  func `different places are different`(one: String, other: String) {
    #expect(faults(start + listener(one) + listener(other)).isEmpty)
  }

  @Test func `a certificate that can't be served is a fault of its line`() {
    let text = start + "[tls]\ncertificate = \"/c\"\nkey = \"/k\"\n"
    #expect(faults(text, certificate: "can't read /c") == ["f:3:15: can't read /c"])
    #expect(faults(text).isEmpty)
    #expect(faults(start, certificate: "never asked").isEmpty)
  }

  @Test func `a data directory must leave room for the socket's name`() {
    let (good, bad) = (String(repeating: "d", count: 91), String(repeating: "d", count: 92))
    #expect(faults(start + "data-directory = \"/\(good)\"").isEmpty)
    #expect(faults(start + "data-directory = \"/\(bad)\"").first?.contains("a shorter one") == true)
  }

  @Test func `the listeners' peers, the postmaster and the limits reach those who ask`() throws {
    let text =
      "postmaster = \"ops@example.test\"\n" + start + """
        [[listener]]
        kind = "internal"
        address = "127.0.0.1:0"
        proxies = ["0.0.0.0/0"]
        xclient = ["10.0.0.1"]
        [[rule]]
        recipient = "postmaster"
        action = "refuse"
        [limits]
        commands = 20
        connections-per-network = 7
        content-time = "10m"
        handshake-time = 5
        session-time = "1h"
        """
    let settings = try GateSettings.load(Array(text.utf8))
    #expect(settings.policy.listeners.map(\.kind) == [.internal])
    #expect(settings.policy.listeners.first?.proxies.map(\.description) == ["0.0.0.0/0"])
    #expect(settings.policy.listeners.first?.clientAttributePeers.count == 1)
    #expect(settings.policy.postmaster == Mailbox("ops@example.test"))
    #expect(settings.policy.rules.map(\.recipient) == [.barePostmaster])
    #expect(!RelayProof(settings.policy).isProven)
    #expect(settings.limits.idleCommands == 20)
    #expect(settings.connectionsPerNetwork == 7)
    #expect(settings.contentSeconds == 600)
    #expect(settings.handshakeSeconds == 5)
    #expect(settings.sessionSeconds == 3600)
    #expect("\(SocketPlace(address: .v6(high: 0, low: 1), port: 25))" == "[::1]:25")
  }
}
