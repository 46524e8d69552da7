import DNS
import Mail
import MailAuth
import Testing

@Suite struct ClientNameTests {
  private func verify(
    _ zone: String, _ client: String = "192.0.2.1", seconds: Int = 0
  ) async throws -> (ClientName, questions: Int) {
    let clock = SPFTestClock()
    let resolver = SlowResolver(zone, clock: clock, seconds: seconds)
    let client = try #require(IPAddress(client))
    let name = await ClientNameVerifier(resolver: resolver, clock: clock).verify(client)
    #expect(name.sentence(of: client).hasSuffix("."))
    return (name, resolver.questions.count)
  }

  private let pointers =
    "1.2.0.192.in-addr.arpa PTR a.example\n1.2.0.192.in-addr.arpa PTR b.example\n"

  @Test func `a name that leads back to the client is its name`() async throws {
    let (name, _) = try await verify(pointers + "a.example A 192.0.2.9\nb.example A 192.0.2.1")
    #expect(name == .confirmed([try #require(DNSName("b.example"))]))
    #expect(name.result == .pass)
  }

  @Test func `a name that leads elsewhere proves nothing`() async throws {
    let (name, _) = try await verify(pointers + "a.example A 192.0.2.9\nb.example AAAA ::1")
    #expect(name.result == .fail)
  }

  @Test func `no name and no answer are two things`() async throws {
    #expect(try await verify("").0 == .none)
    #expect(try await verify("1.2.0.192.in-addr.arpa FAIL TIMEOUT").0 == .unknown(.timedOut))
    #expect(try await verify(pointers + "b.example FAIL SERVFAIL").0.result == .temperror)
    // One that is confirmed is enough.
    let half = try await verify(pointers + "a.example FAIL TIMEOUT\nb.example A 192.0.2.1").0
    #expect(half.result == .pass)
  }

  @Test func `an IPv6 client is asked for in IPv6`() async throws {
    let place = "1." + String(repeating: "0.", count: 23) + "8.b.d.0.1.0.0.2.ip6.arpa"
    let zone = "\(place) PTR a.example\na.example AAAA 2001:db8::1\na.example A 192.0.2.1"
    #expect(try await verify(zone, "2001:db8::1").0.result == .pass)
  }

  @Test func `a thousand names cost ten look-ups, and slow ones no more than the time`()
    async throws
  {
    let many = (0..<1000).map { "1.2.0.192.in-addr.arpa PTR n\($0).example" }
    let zone = many.joined(separator: "\n")
    #expect(try await verify(zone).questions == 11)
    let (name, questions) = try await verify(zone, seconds: 7)
    #expect(questions == 3)
    #expect(name == .unknown(.timedOut))
  }
}
