import Accounts
import DNS
import Delivery
import Glibc
import Journal
import Mail
import MailAuth
import Relay
import SMTP
package import Settings
import Spool
import Synchronization
import Threads
import Transport

/// What the gate is made of below its sockets: threads, files, names, accounts.
struct GateParts: Sendable {
  let loops: EventLoops
  let pipeline: Pipeline
  let identity: ServedIdentity
  let resolver: any Resolver
  let resolverWatch: ResolverWatch
  /// The resolver where it is ours to close.
  private let unbound: UnboundResolver?
  let blocking: BlockingPool
  /// Outbound connections.
  let connector: NIOConnector
  /// What those who receive mail want of TLS.
  let policies: TransportPolicies
  /// The web, for policies and reports.
  let web: HTTPSClient
  /// What the start found in the spool.
  let recovery: Recovery
  /// As they were at the start.
  let settings: GateSettings
  private let logWriter: LogWriter

  /// Opens the spool and the accounts and finds the certificate; throws what an administrator can read.
  /// `resolver` takes the DNS's place.
  init(
    _ settings: GateSettings, resolver other: (any Resolver)? = nil, program: String? = nil
  ) throws {
    let clock = SystemClock()
    let form = LogForm(clock: clock, isJSON: settings.logsJSON)
    logWriter = LogWriter(descriptor: STDERR_FILENO) {
      form.line("log-lost", ["lines": "\($0)"])
    }
    let log = EventLog(form, output: logWriter.write)
    let directory = settings.dataDirectory
    try PrivateFolder.make(directory)
    identity = ServedIdentity(try GateIdentity(settings: settings, clock: clock).load())
    let accounts = try AccountStore.open(path: AccountFile.path(settings))
    if let other {
      (resolver, unbound) = (other, nil)
    } else {
      let own = try Self.resolver(settings.dns)
      (resolver, unbound) = (own, own)
    }
    resolverWatch = ResolverWatch(
      resolver: resolver, asksSystem: settings.dns.servers.isEmpty, clock: clock)
    loops = EventLoops(threads: 2)
    let (spool, recovery) = try Spool.open(
      directory: directory + "/spool", fileSystem: DiskFileSystem(),
      threads: SpoolThreads(later: loops.afterAMoment))
    log.write(
      "spool",
      [
        "messages": "\(recovery.messages)", "segments": "\(recovery.segments)",
        "torn-octets": "\(recovery.tornOctets)", "damaged-frames": "\(recovery.damagedFrames)",
      ])
    let journal = try Journal.open(path: JournalPlace.path(settings))
    self.recovery = recovery
    self.settings = settings
    connector = NIOConnector(loops: loops, authorities: settings.transport.authorities)
    blocking = BlockingPool(threads: 8)
    web = HTTPSClient(loops: loops, authorities: settings.transport.authorities)
    policies = try Self.policies(settings, resolver, web, log, clock, blocking)
    pipeline = Pipeline(
      settings: settings, spool: spool, clock: clock, log: log,
      authenticator: Authenticator(store: accounts, clock: clock),
      logins: BlockingPool(threads: Self.loginThreads), journal: journal,
      inquiry: RecipientInquiry(
        hostname: settings.hostname, connector: connector,
        lookup: SystemAddressLookup(), clock: clock, blocking: blocking),
      questions: loops.outboundExecutor, resolver: resolver,
      content: ContentDesk(
        settings.inspection, hostname: settings.hostname, program: program, clock: clock, log: log))
  }

  /// Hashes at once: scrypt takes 32 MiB each.
  private static let loginThreads = 2

  func makeDelivery(_ settings: GateSettings) -> Delivery {
    let own = Set(settings.listeners.map(\.address).filter { !$0.octets.allSatisfy { $0 == 0 } })
    let mailHosts = MailHosts(
      resolver: resolver, ownName: settings.policy.hostname,
      ownAddresses: settings.mxPort == 25 ? own : [])
    var parts = DeliveryParts(
      hostname: settings.hostname, spool: pipeline.spool, connector: connector,
      lookup: SystemAddressLookup(), mailHosts: mailHosts, clock: pipeline.clock,
      blocking: blocking)
    parts.policies = policies
    parts.sessions = { [pipeline] in pipeline.noteForReport($0) }
    parts.signatures = { [pipeline] in pipeline.signatures(in: $0, as: $1) }
    parts.executor = loops.outboundExecutor
    parts.mxPort = settings.mxPort
    return pipeline.makeDelivery(parts)
  }

  func plan(_ listener: ListenerSettings, _ settings: GateSettings) -> ListenerPlan {
    var profile = ServerProfile(hostname: settings.hostname, listener: listener.kind)
    profile.limits = settings.limits
    profile.wire = settings.wire
    profile.offersStartTLS = listener.tls == .startTLS
    if listener.kind == .submission {
      profile.requiresAuth = true
      profile.authMechanisms = Authenticator.mechanisms
      profile.offersAuthInClear =
        settings.offersClearAuthOnLoopback && listener.address.isLoopback
    }
    var plan = ListenerPlan(address: listener.address, port: listener.port, profile: profile)
    plan.implicitTLS = listener.tls == .implicit
    plan.identity = listener.tls == .none ? nil : identity
    plan.proxies = listener.proxies
    plan.clientAttributePeers = listener.clientAttributePeers
    plan.times.commandSeconds = settings.commandSeconds
    if let delay = settings.greetingDelayMilliseconds {
      plan.times.greetingDelayMilliseconds = delay
    }
    plan.times.contentSeconds = settings.contentSeconds
    plan.times.handshakeSeconds = settings.handshakeSeconds
    plan.times.sessionSeconds = settings.sessionSeconds
    return plan
  }

  func close() async {
    await pipeline.spool.close()
    await pipeline.journal.close()
    blocking.close()
    pipeline.logins.close()
    pipeline.content?.close()
    pipeline.reportIntake.close()
    pipeline.judging.close()
    unbound?.close()
    await loops.stop()
    await logWriter.close()
  }
}

/// Where the journal is kept; the command line reads it.
package enum JournalPlace {
  package static func path(_ settings: GateSettings) -> String {
    settings.dataDirectory + "/journal.sqlite"
  }
}

/// Where the accounts are kept; the command line writes there too.
package enum AccountFile {
  package static func path(_ settings: GateSettings) -> String {
    settings.dataDirectory + "/accounts.sqlite"
  }
}

extension DeliveryRules {
  /// What delivery needs of the settings.
  init(_ settings: GateSettings) {
    self.init(policy: settings.policy)
    let retry = settings.retry
    schedule = RetrySchedule(first: retry.first, longest: retry.longest, expiry: retry.expiry)
    postmaster = settings.postmaster
    warningSeconds = retry.warning
    destinationConnections = settings.destinationConnections
    followsDANE = settings.transport.followsDANE
    followsSTS = settings.transport.followsSTS
    tlsByDomain = settings.transport.tlsByDomain
  }
}
