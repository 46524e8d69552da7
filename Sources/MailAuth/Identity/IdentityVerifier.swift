package import DNS
package import Mail

/// Who a message really is from: all proofs asked together, what they say side by side.
///
///     client, HELO, MAIL FROM ──▶ SPF ─┐
///     header, body hashes ──▶ DKIM ────┼──▶ DMARC ──▶ Identity
///                         └─▶ ARC      │
///     client ──▶ FCrDNS ───────────────┘
///
/// Bounded by each proof's own limits; a proof that can't be had is a result, never an error.
package struct IdentityVerifier: Sendable {
  private let resolver: any Resolver
  private let policyResolver: any Resolver
  private let clock: any Clock
  private let receiver: String
  private let method: DMARCVerifier.Method

  /// `receiver` is our own name: in SPF explanations and as authserv-id. `policyResolver` is asked for
  /// what the domain of From wants; it must still have time when who sends has let his own domains' proofs
  /// take all of theirs, or a slow server of his would silence every policy.
  package init(
    resolver: any Resolver, policyResolver: (any Resolver)? = nil, clock: any Clock,
    receiver: String, method: DMARCVerifier.Method = .treeWalk
  ) {
    self.resolver = resolver
    self.policyResolver = policyResolver ?? resolver
    self.clock = clock
    self.receiver = receiver
    self.method = method
  }

  /// Judges a message that is in memory and came at `now`.
  package func judge(
    _ message: [UInt8], client: IPAddress, helo: String, sender: Mailbox?, now: Timestamp
  ) async -> Identity {
    let header = SignatureHeader(message)
    return await judge(header, client: client, helo: helo, sender: sender, now: now) { requests in
      SignatureBodyHasher.hashes(of: message[header.bodyStart...], requests)
    }
  }

  /// Judges a message whose header section is here and whose body `hash` reads, wherever it is.
  package func judge(
    _ header: SignatureHeader, client: IPAddress, helo: String, sender: Mailbox?, now: Timestamp,
    hash: (Set<SignatureBodyHasher.Request>) async throws -> SignatureBodyHashes
  ) async rethrows -> Identity {
    let dkim = DKIMVerifier(header, now: now)
    let arc = ARCVerifier(header, now: now)
    let hashes = try await hash(dkim.bodyHashes.union(arc.bodyHashes))
    let author = AuthorDomain(of: header)

    let spfVerifier = SPFVerifier(resolver: resolver, clock: clock, receiver: receiver)
    async let heloOutcome = spfVerifier.check(SPFRequest(client: client, helo: helo))
    async let mailOutcome = spfVerifier.check(
      SPFRequest(client: client, helo: helo, sender: sender))
    async let signatures = dkim.judge(hashes, resolver: resolver)
    async let chain = arc.judge(hashes, resolver: resolver)
    async let name = ClientNameVerifier(resolver: resolver, clock: clock).verify(client)

    let (spf, report) = (await mailOutcome, await signatures)
    let result = await DMARCVerifier(resolver: policyResolver, method: method).judge(
      author: author, Self.proven(spf, report))
    return Identity(
      receiver: receiver, client: client, helo: helo, sender: sender, clientName: await name,
      heloSPF: await heloOutcome, spf: spf, dkim: report, dmarc: result, arc: await chain)
  }

  /// What DMARC builds upon (RFC 9989 §4.4): SPF of MAIL FROM, or of HELO where that is null, and every
  /// signature.
  static func proven(_ spf: SPFOutcome, _ dkim: DKIMReport) -> [AuthenticatedDomain] {
    var proven: [AuthenticatedDomain] = []
    if let domain = Domain(spf.domain) {
      let outcome: AuthenticatedDomain.Outcome =
        switch spf.result {
        case .pass: .pass
        case .temperror: .temporaryError
        default: .fail
        }
      proven.append(AuthenticatedDomain(.spf, domain, outcome))
    }
    for signature in dkim.signatures {
      guard let domain = signature.passedDomain ?? signature.domain.flatMap({ Domain($0) }) else {
        continue
      }
      let outcome: AuthenticatedDomain.Outcome =
        signature.passedDomain != nil
        ? .pass : signature.status == .temperror ? .temporaryError : .fail
      proven.append(AuthenticatedDomain(.dkim, domain, outcome))
    }
    return proven
  }
}
