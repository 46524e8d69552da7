import Foundation
import Relay
import SMTP
import Testing

@testable import Settings

@Suite struct ReferenceTests {
  @Test func `docs settings_md is what the declarations say`() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/settings.md")
    #expect(try String(contentsOf: path, encoding: .utf8) == SettingDeclaration.reference)
  }

  @Test func `the example of the README proves, and nothing is to be warned of`() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("README.md")
    let page = try String(contentsOf: path, encoding: .utf8)
    let block = try #require(page.components(separatedBy: "```toml\n").dropFirst().first)
    let text = try #require(block.components(separatedBy: "```").first)
    let proof = RelayProof(try GateSettings.load(Array(text.utf8)).policy)
    #expect(proof.isProven)
    #expect(proof.warnings.isEmpty, "\(proof.warnings)")
  }

  private func load(_ text: String) -> [String] {
    do {
      _ = try GateSettings.load(Array(text.utf8)) {
        $0 == "/list" ? Array("taro\n# x\n".utf8) : nil
      }
      return []
    } catch {
      return error.faults.map(\.message)
    }
  }

  private let start = "hostname = \"gate.example.test\"\n"

  @Test(arguments: [
    ("[tls]\ncertificate = \"/c\"", "tls.certificate and tls.key go together"),
    ("[domain.\"a.example\"]\nroute = \"discard\"\nrecipients = \"ask\"", "\"ask\" needs a route"),
    ("[domain.\"a.example\"]\nroute = \"discard\"\nrecipients = \"file:/no\"", "can't read"),
    ("[[rule]]\nlistener = \"mx\"", "a rule needs action"),
    ("[[rule]]\naction = \"accept\"\nnetwork = \"x\"", "there is no [network.x]"),
    ("[group.staff]\nsends = \"all\"", "must be one of own, domains, any"),
    ("[status]\naddress = \"here\"", "is not an address with a port"),
    ("postmaster = \"nobody\"", "is not a mail address"),
  ])
  func `new settings explain what is wrong`(text: String, words: String) {
    let faults = load(start + text)
    #expect(faults.contains { $0.contains(words) }, "\(faults)")
  }

  @Test func `rules, groups, lists and several hosts are read`() throws {
    let text =
      start + """
        [domain."a.example"]
        route = "smtp://one:25,two:26"
        recipients = "file:/list"
        [group.staff]
        sends = "domains"
        [[rule]]
        action = "refuse"
        recipient = "foreign"
        """
    let settings = try GateSettings.load(Array(text.utf8)) { _ in Array("taro@a.example\n".utf8) }
    #expect(settings.policy.groups.map(\.sends) == [.ownDomains])
    #expect(settings.policy.rules.map(\.accepts) == [false])
    guard case .list(let names) = settings.policy.domains[0].recipients else {
      Issue.record("no list")
      return
    }
    #expect(names == ["taro"])
    guard case .hosts(let hosts, _) = settings.policy.domains[0].route else {
      Issue.record("no hosts")
      return
    }
    #expect(hosts.map(\.port) == [25, 26])
  }
}
