import DNS
import Mail
import MailAuth
import Testing

@Suite struct ReportPermissionTests {
  private let zone = RecordedResolver([
    "_dmarc.example.jp": ["v=DMARC1; p=none"],
    "example.jp._report._dmarc.collector.example": ["v=DMARC1"],
    "example.jp._report._dmarc.other.example": [
      "v=DMARC1; rua=mailto:b@other.example,mailto:victim@bank.example"
    ],
    "example.jp._report._dmarc.odd.example": ["hello"],
  ])

  private func ask(_ uri: String) async throws -> ReportPermission {
    let address = try #require(ReportAddress(parsing: Array(uri.utf8)[...]))
    let domain = try #require(Domain("example.jp"))
    return await ReportPermission.ask(address, policyDomain: domain, zone)
  }

  @Test func `one's own organisation needs no permission`() async throws {
    #expect(try await ask("mailto:a@example.jp") == .given)
    #expect(try await ask("mailto:a@mail.example.jp") == .given)
  }

  @Test func `others must have agreed`() async throws {
    #expect(try await ask("mailto:a@collector.example") == .given)
    for uri in ["mailto:a@bank.example", "mailto:a@odd.example", "https://collector.example/"] {
      #expect(try await ask(uri) == .refused, "\(uri)")
    }
  }

  @Test func `who agreed may name addresses of its own, nobody else's`() async throws {
    guard case .redirected(let addresses) = try await ask("mailto:a@other.example") else {
      Issue.record("not redirected")
      return
    }
    #expect(addresses.map(\.uri) == ["mailto:b@other.example"])
  }

  @Test func `a DNS that fails permits nothing for now`() async throws {
    let down = RecordedResolver([:], others: .failure(.timedOut))
    let address = try #require(ReportAddress(parsing: Array("mailto:a@b.example".utf8)[...]))
    let domain = try #require(Domain("example.jp"))
    #expect(
      await ReportPermission.ask(address, policyDomain: domain, down) == .failure(.timedOut))
  }
}
