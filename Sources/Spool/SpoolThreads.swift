package import Threads

/// Where the spool's work is done; real threads, or the simulator's.
package struct SpoolThreads: Sendable {
  /// Frames and syncs, in order.
  package var writer: any WorkQueue
  /// Long bodies, reading back, the next segment, dead ones.
  package var files: any WorkQueue
  /// Runs a job a few milliseconds later, once: how long a patient commit waits for company.
  package var later: @Sendable (_ job: @escaping @Sendable () -> Void) -> Void

  package init(
    writer: any WorkQueue = WorkThread("spool", .prompt),
    files: any WorkQueue = WorkThread("spool files"),
    later: @escaping @Sendable (_ job: @escaping @Sendable () -> Void) -> Void = { $0() }
  ) {
    self.writer = writer
    self.files = files
    self.later = later
  }
}
