import Foundation
import Journal
import Testing

/// Deliveries to a real Postfix by MTA-STS policies that a real HTTPS server hands out.
@Suite(
  .enabled(
    if: TransportPeers.isPresent,
    "needs root, postfix, nsd, ldnsutils and python3: scripts/setup --tests"), .serialized)
struct STSTests {
  private static let domains = [
    "good", "wrong", "expired", "trial", "foreign", "untrusted", "redirect", "huge",
  ]

  /// `NAME.plain.example` with a mail host and a policy host for each name; nothing is signed.
  private var zone: String {
    Self.domains.map { name in
      """
      \(name) MX 10 mx-\(name)
      mx-\(name) A 127.0.0.1
      _mta-sts.\(name) TXT "v=STSv1; id=1"
      mta-sts.\(name) A 127.0.0.1

      """
    }.joined()
  }

  private func policy(_ name: String) -> String {
    let mode = name == "trial" ? "testing" : "enforce"
    let host = name == "foreign" ? "mx.elsewhere.example" : "*.plain.example"
    return "version: STSv1\r\nmode: \(mode)\r\nmx: \(host)\r\nmax_age: 86400\r\n"
  }

  @Test func `right, wrong and expired certificates under MTA-STS, and hostile policy hosts`()
    async throws
  {
    let peers = try TransportPeers()
    defer { peers.end() }
    var hosts: [String: PeerAuthority.Identity] = [:]
    for name in Self.domains {
      let mx = "mx-\(name).plain.example"
      let isWrong = name == "wrong" || name == "trial"
      hosts[mx] = try peers.authority.identity(
        [isWrong ? "else.plain.example" : mx], days: name == "expired" ? -30...(-1) : -1...30)
      let policyHost = "mta-sts.\(name).plain.example"
      let other = try PeerAuthority()
      let certificate =
        name == "untrusted"
        ? try other.identity([policyHost]) : try peers.authority.identity([policyHost])
      try peers.write("\(policyHost).pem", certificate.pem)
      try peers.write("\(policyHost).txt", policy(name))
    }
    try await peers.startPostfix(hosts)
    let port = try await peers.startPython("policyhost.py", [peers.folder])
    try await peers.serve(signed: "@ A 127.0.0.1", plain: zone)

    let gate = try await peers.gate(port: peers.port, before: "policy-port = \(port)")
    for (name, proof, why) in [
      ("good", "mta-sts", nil), ("wrong", nil, "the certificate is not for"),
      ("expired", nil, "the certificate has expired"),
      ("foreign", nil, "is no host of the domain's MTA-STS policy"),
      // On trial, or without a policy that could be had: delivered as it is.
      ("trial", "none", nil), ("untrusted", "none", nil), ("redirect", "none", nil),
      ("huge", "none", nil),
    ] as [(String, String?, String?)] {
      let address = "x@\(name).plain.example"
      try gate.send(to: address)
      let attempt = try #require(try await gate.attempt(for: address), "\(name)")
      #expect(attempt.state == (proof == nil ? "queued" : "delivered"), "\(name): \(attempt)")
      if let proof { #expect(attempt.tls == "TLSv1.3, verified by \(proof)", "\(name)") }
      if let why { #expect(attempt.text.contains(why), "\(attempt.text)") }
    }
    let kept = try String(contentsOfFile: gate.folder + "/sts-policies", encoding: .utf8)
    #expect(kept.contains("good.plain.example 1 "))
    #expect(!kept.contains("redirect.plain.example"))
    await gate.close()

    // Whoever hides STARTTLS gets nothing of a domain that enforces.
    let stripped = try await peers.gate(port: peers.strippedPort, before: "policy-port = \(port)")
    try stripped.send(to: "x@good.plain.example")
    let attempt = try #require(try await stripped.attempt(for: "x@good.plain.example"))
    #expect(attempt.state == "queued")
    #expect(attempt.text.contains("TLS is required and not offered"))
    await stripped.close()
  }
}
