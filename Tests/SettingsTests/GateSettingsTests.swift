import Mail
import Policy
import Relay
import SMTP
import Testing

@testable import Settings

@Suite struct GateSettingsTests {
  private func faults(_ text: String) -> [String] {
    do {
      _ = try GateSettings.load(Array(text.utf8))
      return []
    } catch {
      return error.faults.map { $0.line(in: "f") }
    }
  }

  @Test func `TLS to others can be said for all and for one`() throws {
    let text = """
      hostname = "mx1.example.ac.jp"
      [outbound]
      tls = "dane"
      mta-sts = false
      [transport."Example.JP"]
      tls = "verified"
      [reports]
      from = "reports@example.ac.jp"
      kinds = ["tls"]
      """
    let settings = try GateSettings.load(Array(text.utf8))
    #expect(settings.policy.foreignRoute == .mx(tls: .dane))
    #expect(settings.transport.followsDANE)
    #expect(!settings.transport.followsSTS)
    #expect(settings.transport.tlsByDomain.map { "\($0.ascii) \($1)" } == ["example.jp verified"])
    #expect(settings.reports.sender.map { "\($0)" } == "reports@example.ac.jp")
    #expect(settings.reports.kinds == [.tls])
    #expect(faults(text.replacing("kinds = [\"tls\"]", with: "kinds = [\"tsl\"]")).count == 1)
    let former = faults(text.replacing("from = ", with: "tls = "))
    #expect(former == ["f:8:1: \"reports.tls\" is now \"reports.from\""])
    #expect(faults(text + "\n[transport.\"-\"]\ntls = \"dane\"").count == 1)
    #expect(faults(text + "\n[transport.\"a.example\"]\ntls = \"perhaps\"").count == 1)
  }

  @Test func `a short file protects an organisation`() throws {
    let settings = try GateSettings.load(
      Array(
        """
        hostname = "mx1.example.ac.jp"
        [[listener]]
        kind = "mx"
        address = "0.0.0.0:25"
        [domain."example.ac.jp"]
        route = "smtp://10.0.0.5:25"
        recipients = ["info", "taro"]
        [network.scanners]
        addresses = ["10.0.0.16/28"]
        relays = true
        hosts = 3
        [limits]
        message-size = "20MiB"
        command-time = "2m"
        """.utf8))
    #expect(settings.limits.messageSize == 20 << 20)
    #expect(settings.commandSeconds == 120)
    #expect(settings.listeners.count == 1)
    #expect(settings.policy.networks.first?.hosts == 3)
  }

  @Test func `attachments, encrypted ones and rules of one's own`() throws {
    let settings = try GateSettings.load(
      Array(
        """
        hostname = "mx.example.jp"
        [inspection]
        rules = "/etc/rules"
        yara = "/etc/yara"
        [[attachment]]
        class = ["program", "disk-image"]
        extension = ".EXE"
        domain = "example.jp"
        action = "strip"
        [[attachment]]
        type = "oneNote"
        direction = "outbound"
        action = "refuse"
        [ppap]
        inbound = "pass"
        outbound = "refuse"
        """.utf8))
    #expect(settings.inspection.folders == RuleFolders(rules: "/etc/rules", yara: "/etc/yara"))
    #expect(
      settings.decisions.attachments == [
        AttachmentRule(
          domain: Domain("example.jp"), classes: [.program, .diskImage], suffixes: ["exe"],
          action: .strip),
        AttachmentRule(direction: .outbound, kinds: ["oneNote"], action: .refuse),
        AttachmentRule(direction: .inbound, classes: [.encrypted], action: .accept),
        AttachmentRule(direction: .outbound, classes: [.encrypted], action: .refuse),
      ])
  }

  @Test func `an unknown key names the nearest`() {
    let found = faults("hostname = \"a.example\"\n[limits]\nmesage-size = 1\n")
    #expect(
      found == [
        "f:3:1: unknown setting \"limits.mesage-size\". Did you mean \"limits.message-size\"?"
      ])
    #expect(
      faults("hostname = \"a.example\"\nlistner = []\nxyz = 1\n") == [
        "f:2:1: unknown setting \"listner\". Did you mean \"listener\"?",
        "f:3:1: unknown setting \"xyz\"; see kadomori settings",
      ])
  }

  @Test func `all faults are told at once`() {
    let found = faults(
      "[limits]\nerrors = \"x\"\nrecipients = 5\n[domain.\"a b\"]\nroute = \"mx\"\n")
    #expect(found.count == 4)
    #expect(found.contains { $0.hasPrefix("f:2:10: limits.errors: must be a number") })
    #expect(found.contains { $0.contains("must lie between 100 and 100000") })
    #expect(found.contains { $0.contains("hostname") })
  }

  @Test(arguments: [
    (
      "[[listener]]\nkind = \"smtp\"\naddress = \"1.2.3.4:25\"",
      "must be one of mx, submission, internal"
    ),
    ("[[listener]]\nkind = \"mx\"\naddress = \"localhost\"", "is not an address with a port"),
    ("[network.a]\naddresses = [\"10.0.0.1/8\"]", "is not an address range"),
    ("[domain.\"b.example\"]\nroute = \"pigeon\"\nrecipients = \"any\"", "is not a route"),
    ("[domain.\"b.example\"]\nroute = \"discard\"", "needs recipients"),
  ])
  func `a wrong value is explained`(text: String, words: String) {
    let found = faults("hostname = \"a.example\"\n" + text)
    #expect(found.contains { $0.contains(words) }, "\(found)")
  }

  @Test func `every setting has a text`() {
    for setting in SettingDeclaration.all { #expect(setting.text.hasSuffix(".")) }
    #expect(Set(SettingDeclaration.all.map(\.name)).count == SettingDeclaration.all.count)
  }
}
