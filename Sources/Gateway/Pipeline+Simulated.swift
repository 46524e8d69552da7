package import DNS
package import Delivery
package import Journal
package import Mail
package import Settings
package import Spool

extension Pipeline {
  /// A pipeline that has no threads, sockets and chance of its own, for the simulator: everything that takes
  /// time runs on `executor` or in `blocking`. Nobody logs in, and nobody looks into mail.
  package convenience init(
    settings: GateSettings, spool: Spool, clock: any Clock, log: EventLog, journal: Journal,
    inquiry: RecipientInquiry, resolver: any Resolver, executor: any TaskExecutor,
    blocking: BlockingPool
  ) {
    self.init(
      settings: settings, spool: spool, clock: clock, log: log, authenticator: nil,
      logins: blocking, journal: journal, inquiry: inquiry, questions: executor,
      resolver: resolver, content: nil, judging: blocking,
      reportIntake: ReportIntake(thread: blocking))
  }
}
