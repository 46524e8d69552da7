package import DNS
package import Mail

/// What the TLSA records of one mail host ask of a connection to it, and under which names.
package struct DANEFinding: Hashable, Sendable {
  package let policy: DANEPolicy
  /// Where the records stand; the name for SNI (RFC 7672 §2.2.3, RFC 7671 §7).
  package let base: Domain?
  /// Names that a certificate may have where an authority is named (RFC 7672 §3.2.2).
  package let names: [Domain]

  package init(policy: DANEPolicy, base: Domain? = nil, names: [Domain] = []) {
    self.policy = policy
    self.base = base
    self.names = names
  }

  package static let absent = DANEFinding(policy: .absent)
}

/// Looks for a host's TLSA records, as far as DNSSEC proves the way to it.
package struct DANELookup: Sendable {
  private let resolver: any Resolver

  package init(_ resolver: any Resolver) { self.resolver = resolver }

  /// RFC 7672 §2.2: `host` takes mail for `domain` at that port. Only where the domain's MX, the host's
  /// addresses and the records themselves are proven there is anything to follow; a question that fails
  /// where records may stand is a failure, since who can stop the answer would otherwise stop the
  /// protection.
  package func find(
    _ host: MailHost, of domain: Domain, port: UInt16 = 25
  ) async -> DANEFinding {
    switch await bases(host) {
    case .failure(let failure): return DANEFinding(policy: .failure(failure))
    case .success(let bases):
      for base in bases {
        guard let name = DNSName("_\(port)._tcp", below: DNSName(base)) else { continue }
        let policy = DANEPolicy(await resolver.certificateAssociations(of: name))
        if policy == .absent { continue }
        return DANEFinding(policy: policy, base: base, names: names(base, host, domain))
      }
      return .absent
    }
  }

  /// Where the records may stand (RFC 7672 §2.2.2, §2.2.3): behind the alias first, then at the name
  /// itself. Where only the alias is proven and not what it leads to, at the name itself.
  private func bases(_ host: MailHost) async -> Result<[Domain], DNSFailure> {
    guard host.isNamedSecurely else { return .success([]) }
    if host.isSecure {
      return .success([host.canonicalName?.domain, host.name].compactMap(\.self))
    }
    guard host.canonicalName != nil else { return .success([]) }
    switch await resolver.alias(of: DNSName(host.name)) {
    case .success(let answer): return .success(answer.isSecure ? [host.name] : [])
    case .failure(let failure) where failure.isTemporary: return .failure(failure)
    case .failure: return .success([])
    }
  }

  /// RFC 7672 §3.2.2: where the records stand, the domain that the mail is for, and what that domain is
  /// an alias of. The host's own name is none of them where the records stand behind its alias.
  private func names(_ base: Domain, _ host: MailHost, _ domain: Domain) -> [Domain] {
    [base, domain, host.exchangeName?.domain].compactMap(\.self).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }
}
