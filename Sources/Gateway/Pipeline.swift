import Accounts
import DNS
import Delivery
import Inspection
import Journal
import Mail
import MailAuth
import Relay
package import SMTP
import Settings
import Spool
import Synchronization
import Transport

/// The way of a message, as code: connection → sender → recipient (may it relay?) → content →
/// acceptance (on disk) → delivery. One for all sessions; a reload puts new settings in its place.
package final class Pipeline: Gatekeeper {
  let settings: Mutex<GateSettings>
  let spool: Spool
  let clock: any Clock
  let log: EventLog
  /// Who may log in; its work waits on hashes, so it has threads of its own.
  let authenticator: Authenticator?
  let logins: BlockingPool
  let journal: Journal
  let inquiry: RecipientInquiry
  /// Where a session's questions run that take time; they never block.
  let questions: any TaskExecutor
  /// Why each recipient of a message on its way to the disk was taken; the journal gets it.
  let reasons = Mutex<[TraceID: [String]]>([:])
  /// Refusals that the journal still takes of each client.
  let refusals = Mutex(RefusalBudget())
  /// Who proves what, whom lists name, who signs, what reports say.
  let evidence: EvidenceDesk
  let blocklists: BlocklistDesk
  let keys: SigningKeys
  /// Why the last reload took nothing, if it did not.
  let refusedReload = Mutex<String?>(nil)
  /// Who pretends to be us.
  let forgery: Mutex<ForgedResults>
  /// Who looks into mail; nil where nobody does.
  let content: ContentDesk?
  /// Where messages are judged: hashes and signatures take time, and what runs there is bounded by the
  /// sessions that wait for it. One judges while another's pieces come from the disk.
  let judging: BlockingPool
  let reportIntake: ReportIntake
  let connections = ConnectionCount()
  let counters = Counters()

  init(
    settings: GateSettings, spool: Spool, clock: any Clock, log: EventLog,
    authenticator: Authenticator?, logins: BlockingPool, journal: Journal,
    inquiry: RecipientInquiry, questions: any TaskExecutor, resolver: any Resolver,
    content: ContentDesk?, judging: BlockingPool = BlockingPool(threads: 2),
    reportIntake: ReportIntake = ReportIntake()
  ) {
    self.settings = Mutex(settings)
    self.spool = spool
    self.clock = clock
    self.log = log
    self.authenticator = authenticator
    self.logins = logins
    self.journal = journal
    self.inquiry = inquiry
    self.questions = questions
    self.judging = judging
    self.reportIntake = reportIntake
    self.content = content
    evidence = EvidenceDesk(resolver: resolver, clock: clock)
    blocklists = BlocklistDesk(resolver: resolver, clock: clock, log: log)
    keys = SigningKeys(dataDirectory: settings.dataDirectory)
    forgery = Mutex(settings.forgery)
    take(settings)
  }

  package func guardSession(from origin: Origin) -> any SessionGuard {
    GateSession(pipeline: self, id: newID())
  }

  /// Takes what the settings name beside themselves: lists, keys and rules. Reads files.
  func take(_ settings: GateSettings) {
    forgery.withLock { $0 = settings.forgery }
    blocklists.configure(settings.blocklists)
    if let fault = keys.load() { log.write("dkim-keys", ["why": fault]) }
    content?.rules.use(settings.inspection.folders)
  }

  var policy: RelayPolicy { settings.withLock { $0.policy } }

  func newID() -> TraceID { spool.newID(at: clock.now()) }
}

/// What has happened since the start; `/metrics` shows it.
struct Counters: ~Copyable, Sendable {
  let sessions = Atomic<Int>(0)
  let accepted = Atomic<Int>(0)
  let refused = Atomic<Int>(0)
  let delivered = Atomic<Int>(0)
  let deferred = Atomic<Int>(0)
  let failed = Atomic<Int>(0)
  let loginFailures = Atomic<Int>(0)
  let refusalsNotNoted = Atomic<Int>(0)
  /// Messages by what they were held to be.
  let verdicts = Mutex<[Verdict: Int]>([:])

  func noteVerdict(_ verdict: Verdict) { verdicts.withLock { $0[verdict, default: 0] += 1 } }
}
