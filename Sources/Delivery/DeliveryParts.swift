package import DNS
package import Mail
package import Relay
package import SMTP
package import Spool

/// What delivery is made with.
package struct DeliveryParts: Sendable {
  package var hostname: String
  package var spool: Spool
  package var connector: any Connector
  /// For the hosts that routes name.
  package var lookup: any AddressLookup
  /// For `mx` routes.
  package var mailHosts: MailHosts
  package var mxPort: UInt16 = 25
  /// What those who receive mail want of TLS; asked for `mx` routes.
  package var policies = TransportPolicies.absent
  /// Told of every connection to the host of an `mx` route, for TLS reports. Never waits.
  package var sessions: @Sendable (TLSSession) -> Void = { _ in }
  /// Signatures in front of a notice of ours, as a domain or one above it; asked where waiting is allowed.
  /// Nil where nobody signs.
  package var signatures: (@Sendable ([UInt8], Domain) -> [UInt8])?
  package var clock: any Clock
  package var blocking: BlockingPool
  /// Where attempts run; Swift's own threads when nil. They never block.
  package var executor: (any TaskExecutor)?
  /// Waits that many seconds; the simulator's waits take no time.
  package var sleep: @Sendable (Int) async -> Void = { try? await Task.sleep(for: .seconds($0)) }
  package var random: @Sendable () -> UInt64 = Spool.systemRandom

  package init(
    hostname: String, spool: Spool, connector: any Connector, lookup: any AddressLookup,
    mailHosts: MailHosts, clock: any Clock, blocking: BlockingPool
  ) {
    self.hostname = hostname
    self.spool = spool
    self.connector = connector
    self.lookup = lookup
    self.mailHosts = mailHosts
    self.clock = clock
    self.blocking = blocking
  }
}

/// What the settings of the moment say; asked anew for every attempt.
package struct DeliveryRules: Sendable {
  /// The routes.
  package var policy: RelayPolicy
  package var schedule = RetrySchedule()
  /// Whether TLSA records and MTA-STS policies are asked for.
  package var followsDANE = true
  package var followsSTS = true
  /// TLS to the hosts of single foreign domains, where it is not as their route says.
  package var tlsByDomain: [Domain: TLSRequirement] = [:]
  /// Whom notices come from.
  package var postmaster: Mailbox?
  /// Seconds after which a sender is told of a delay.
  package var warningSeconds = 4 * 3600
  /// Connections to one destination at once.
  package var destinationConnections = 20

  package init(policy: RelayPolicy) { self.policy = policy }

  /// Where a recipient's mail goes.
  func destination(of mailbox: Mailbox?) -> Destination {
    let destination = Destination(policy.route(to: mailbox), for: mailbox)
    guard case .mx(let domain, _) = destination, let tls = tlsByDomain[domain] else {
      return destination
    }
    return .mx(domain, tls: tls)
  }
}
