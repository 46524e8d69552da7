import DNS
import Mail
import MailAuth
import SMTP

// What the recipient's domain wants of the way to it, and what came of it, for reports.
extension Courier {
  /// The MTA-STS policy that holds for a domain.
  func policy(of domain: Domain) async -> STSPolicies.Finding {
    guard let sts = policies.sts else { return .init(policy: nil) }
    let found = await sts.policy(of: domain)
    if let fault = found.fault, fault != .waiting {
      sessions(
        TLSSession(
          at: clock.now(), domain: domain, policy: .none, host: nil, failure: fault.report,
          reason: fault.words))
    }
    return found
  }

  func demand(of target: Target, _ way: Way, _ wish: TLSWish) async -> HostDemand {
    guard let host = target.host, let domain = way.domain else {
      return HostDemand(named: target.name, way.tls, way.speaks == .lmtp ? .none : wish)
    }
    let dane = await policies.dane?.find(host, of: domain, port: target.port) ?? .absent
    return HostFacts(
      host: host, dane: dane, sts: way.sts?.policy, mayHavePolicy: way.sts?.isUncertain == true,
      authorities: policies.authorities
    ).demand(way.tls, wish)
  }

  /// A connection that was tried. A kept one was told of when it was new.
  func note(
    _ result: Result<ConnectionPool.Borrowed, ClientFailure>, _ address: IPAddress,
    _ demand: HostDemand, _ target: Target, _ way: Way
  ) {
    switch result {
    case .failure(let failure):
      guard let kind = TLSSessionFailure(failure) else { return }
      note(address, kind, failure.words, demand, target, way)
    case .success(let borrowed):
      guard !borrowed.isReused else { return }
      let connection = borrowed.connection
      if let fault = connection.certificateFault {
        note(address, TLSSessionFailure(fault.kind), fault.words, demand, target, way)
      } else if let why = borrowed.tlsTrouble {
        note(address, .invalid, why, demand, target, way)
      } else if connection.tls == nil {
        note(address, .notOffered, nil, demand, target, way)
      } else {
        note(address, demand.tolerated, nil, demand, target, way)
      }
    }
  }

  func note(
    _ address: IPAddress?, _ failure: TLSSessionFailure?, _ reason: String?, _ demand: HostDemand,
    _ target: Target, _ way: Way
  ) {
    guard let domain = way.domain, let host = target.host, address != nil || failure != nil else {
      return
    }
    sessions(
      TLSSession(
        at: clock.now(), domain: domain, policy: demand.policy, host: host.name, address: address,
        failure: failure, reason: reason))
  }
}
