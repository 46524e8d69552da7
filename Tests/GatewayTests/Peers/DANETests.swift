import Foundation
import Journal
import Testing

/// Deliveries to a real Postfix by the records of a zone that was really signed.
@Suite(
  .enabled(
    if: TransportPeers.isPresent,
    "needs root, postfix, nsd, ldnsutils and python3: scripts/setup --tests"), .serialized)
struct DANETests {
  /// Domains below `signed.example`, each with a host `mx-` of its own and its TLSA data.
  private func zone(_ records: [(name: String, tlsa: String)], _ port: UInt16) -> String {
    records.map { name, tlsa in
      "\(name) MX 10 mx-\(name)\nmx-\(name) A 127.0.0.1\n_\(port)._tcp.mx-\(name) TLSA \(tlsa)\n"
    }.joined()
  }

  @Test func `right, wrong and expired certificates under DANE`() async throws {
    let peers = try TransportPeers()
    defer { peers.end() }
    // Neither name nor date would please an authority: DANE-EE asks for the key alone.
    let right = try peers.authority.identity(["unrelated.example"], days: -30...(-1))
    let other = try peers.authority.identity(["mx-wrong.signed.example"])
    let good = try peers.authority.identity(["mx-ta.signed.example"])
    let old = try peers.authority.identity(["mx-old.signed.example"], days: -30...(-1))
    let misnamed = try peers.authority.identity(["else.signed.example"])
    let root = try peers.authority.digest
    let (before, after) = (String(repeating: "a1", count: 32), String(repeating: "b2", count: 32))
    let records = [
      ("forged", "3 1 1 \(before)"),
      ("right", "3 1 1 \(right.keyDigest)"), ("wrong", "3 1 1 \(right.keyDigest)"),
      ("ta", "2 0 1 \(root)"), ("old", "2 0 1 \(root)"), ("misnamed", "2 0 1 \(root)"),
    ]
    try await peers.startPostfix([
      "mx-right.signed.example": right, "mx-wrong.signed.example": other,
      "mx-ta.signed.example": good, "mx-old.signed.example": old,
      "mx-misnamed.signed.example": misnamed,
    ])
    try await peers.serve(
      signed: zone(records, peers.port)
        + zone(records.map { ("s-" + $0.0, $0.1) }, peers.strippedPort),
      plain: "@ MX 10 mx\nmx A 127.0.0.1", forged: (before, after))
    let gate = try await peers.gate(port: peers.port)
    for (name, proof, why) in [
      ("right", "dane-ee", nil), ("ta", "dane-ta", nil),
      ("wrong", nil, "no TLSA record matches the certificate"),
      ("forged", nil, "DNSSEC calls the answer bogus"),
      ("old", nil, "the certificate has expired"), ("misnamed", nil, "the certificate is not for"),
    ] as [(String, String?, String?)] {
      let address = "x@\(name).signed.example"
      try gate.send(to: address)
      let attempt = try #require(try await gate.attempt(for: address))
      #expect(attempt.state == (proof == nil ? "queued" : "delivered"), "\(name): \(attempt)")
      if let proof { #expect(attempt.tls == "TLSv1.3, verified by \(proof)") }
      if let why { #expect(attempt.text.contains(why), "\(attempt.text)") }
    }
    // Its sender says that it needs no protection (RFC 8689 §3).
    try gate.send(to: "y@wrong.signed.example", header: "TLS-Required: No\r\n")
    let unprotected = try #require(try await gate.attempt(for: "y@wrong.signed.example"))
    #expect(unprotected.state == "delivered")
    #expect(unprotected.tls == "TLSv1.3, verified by none")
    // Where nothing is proven TLS is taken as it is.
    try gate.send(to: "x@plain.example")
    let plain = try #require(try await gate.attempt(for: "x@plain.example"))
    #expect(plain.tls == "TLSv1.3, verified by none")
    await gate.close()

    let stripped = try await peers.gate(port: peers.strippedPort)
    try stripped.send(to: "x@s-right.signed.example")
    let attempt = try #require(try await stripped.attempt(for: "x@s-right.signed.example"))
    #expect(attempt.state == "queued")
    #expect(attempt.text.contains("TLS is required and not offered"))
    try stripped.send(to: "x@plain.example")
    let clear = try #require(try await stripped.attempt(for: "x@plain.example"))
    #expect(clear.state == "delivered")
    #expect(clear.tls == nil)
    await stripped.close()
  }
}
