package import Mail

/// What all proofs say of one message.
package struct Identity: Sendable {
  /// Our name.
  package let receiver: String
  package let client: IPAddress
  package let helo: String
  package let sender: Mailbox?
  package let clientName: ClientName
  package let heloSPF: SPFOutcome
  package let spf: SPFOutcome
  package let dkim: DKIMReport
  package let dmarc: DMARCResult
  package let arc: ARCResult

  /// Our Authentication-Results (RFC 8601): what the next hop and the reader's program may believe.
  package var results: AuthenticationResultsField {
    typealias Statement = AuthenticationResultsField.Statement
    var statements = [
      Statement(
        "iprev", clientName.result.rawValue, [.init("policy", "iprev", "\(client)")]),
      Statement("spf", heloSPF.result.rawValue, [.init("smtp", "helo", heloSPF.domain)]),
    ]
    let from = sender.map { "\($0)" } ?? "postmaster@\(spf.domain)"
    statements.append(
      Statement("spf", spf.result.rawValue, [.init("smtp", "mailfrom", from)]))
    if dkim.signatures.isEmpty { statements.append(Statement("dkim", dkim.status.rawValue, [])) }
    statements += dkim.signatures.map(Self.statement)
    statements.append(dmarc.statement)
    statements.append(Statement("arc", arc.status.rawValue, []))
    return AuthenticationResultsField(serverID: receiver, statements)
  }

  private static func statement(
    _ signature: DKIMResult
  ) -> AuthenticationResultsField.Statement {
    var properties: [AuthenticationResultsField.Property] = []
    if let domain = signature.domain { properties.append(.init("header", "d", domain)) }
    if let selector = signature.selector { properties.append(.init("header", "s", selector)) }
    if let start = signature.signatureStart { properties.append(.init("header", "b", start)) }
    return .init("dkim", signature.toldStatus.rawValue, properties)
  }
}

/// An identity for people and programs.
package struct IdentityReport: Codable, Hashable, Sendable {
  /// DMARC, told flat.
  package struct DMARC: Codable, Hashable, Sendable {
    package let result: String
    package let reason: String
    package let from: String?
    package let policyDomain: String?
    /// What the domain asks for when nothing is proven: `none`, `quarantine`, `reject`.
    package let policy: String?
    /// What it asks for this message; nil when it asks nothing.
    package let requested: String?
    /// The proofs that align with From: `dkim example.jp`.
    package let aligned: [String]
  }

  package let client: String
  /// `pass` where the client's name leads back to it (RFC 8601 §3, iprev).
  package let clientName: String
  package let clientNameReason: String
  package let helo: SPFReport
  package let spf: SPFReport
  package let dkim: DKIMReport
  package let dmarc: DMARC
  package let arc: ARCResult
  /// The field, unfolded.
  package let authenticationResults: String

  package init(_ identity: Identity) {
    client = "\(identity.client)"
    clientName = identity.clientName.result.rawValue
    clientNameReason = identity.clientName.sentence(of: identity.client)
    helo = SPFReport(
      identity.heloSPF, of: SPFRequest(client: identity.client, helo: identity.helo),
      receiver: identity.receiver)
    spf = SPFReport(
      identity.spf,
      of: SPFRequest(client: identity.client, helo: identity.helo, sender: identity.sender),
      receiver: identity.receiver)
    dkim = identity.dkim
    let result = identity.dmarc
    dmarc = DMARC(
      result: result.outcome.rawValue, reason: result.reason.words,
      from: result.authorDomain?.ascii, policyDomain: result.policyDomain?.ascii,
      policy: result.publishedPolicy?.rawValue, requested: result.requestedPolicy?.rawValue,
      aligned: result.aligned.map { "\($0.mechanism.rawValue) \($0.domain)" })
    arc = identity.arc
    authenticationResults = String(
      decoding: identity.results.field().filter { $0 != 0x0D && $0 != 0x0A && $0 != 0x09 },
      as: UTF8.self)
  }

  /// For a terminal, the answer first.
  package var lines: [String] {
    var lines = ["dmarc \(dmarc.result): \(dmarc.reason)"]
    if let from = dmarc.from {
      let policy = dmarc.policy.map { ", policy \($0) of \(dmarc.policyDomain ?? from)" } ?? ""
      lines.append("  From: \(from)\(policy)")
    }
    if let requested = dmarc.requested { lines.append("  the domain asks to: \(requested)") }
    for proof in dmarc.aligned { lines.append("  aligned: \(proof)") }
    lines.append("spf \(spf.result.rawValue): \(spf.reason)")
    lines.append("  HELO \(helo.result.rawValue): \(helo.reason)")
    lines.append("dkim \(dkim.status.rawValue)")
    for signature in dkim.signatures {
      lines.append("  \(signature.status.rawValue): \(signature.reason)")
    }
    if dkim.unjudged > 0 { lines.append("  \(dkim.unjudged) further signatures not looked at") }
    lines.append("arc \(arc.status.rawValue): \(arc.reason)")
    lines.append("client \(clientName): \(clientNameReason)")
    lines.append(authenticationResults)
    return lines
  }
}
