import NIOCore
import NIOPosix
import Threads

/// The threads that carry every socket; started once.
package final class EventLoops: Sendable {
  /// Clients of ours are served here.
  let group: MultiThreadedEventLoopGroup
  /// Connections to other servers stand here, and delivery's tasks run here: a transaction then needs no
  /// change of threads but for the disk.
  private let outbound: MultiThreadedEventLoopGroup
  let outboundLoop: any EventLoop

  package init(threads: Int) {
    group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    outbound = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    outboundLoop = outbound.next()
    for loop in group.makeIterator() { loop.execute { Standing.prompt.take() } }
  }

  /// Runs tasks between the sockets of outbound connections. They must never block.
  package var outboundExecutor: any TaskExecutor { LoopExecutor(loop: outboundLoop) }

  /// Runs a job on delivery's loop in a few milliseconds: for commits of deliveries, which are made there.
  package var afterAMoment: @Sendable (_ job: @escaping @Sendable () -> Void) -> Void {
    { [outboundLoop] job in outboundLoop.scheduleTask(in: Self.moment, job) }
  }

  private static let moment: TimeAmount = .milliseconds(3)

  package func stop() async {
    try? await group.shutdownGracefully()
    try? await outbound.shutdownGracefully()
  }
}

/// An event loop as the place where tasks run.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
