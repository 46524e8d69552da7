import Glibc
import Spool
import Synchronization
import Threads

/// What ways of writing a log come to on this disk: the experiments behind the spool's design.
///
/// Every trial makes messages of 4,096 octets durable as fast as it can. A group is what 20 waiting clients
/// give; where there are two writers each has half of them. Rounds are interleaved, medians printed.
struct DiskTrials {
  let folder: String
  let seconds: Double
  private static let rounds = 5

  private struct Figures {
    let messages: Double
    let syncs: Double
    let processor: Double
  }

  func run() {
    var figures = TrialWay.all.map { _ in [Figures]() }
    for _ in 0..<Self.rounds {
      for (index, way) in TrialWay.all.enumerated() {
        if let figure = trial(way) { figures[index].append(figure) }
      }
    }
    let rows = zip(TrialWay.all, figures).map { way, figures in
      guard !figures.isEmpty else { return Table.Row(name: way.name + ": not here", cells: []) }
      let middle = figures.sorted { $0.messages < $1.messages }[figures.count / 2]
      return Table.Row(
        name: way.name,
        cells: [
          ("messages/s", middle.messages), ("syncs/s", middle.syncs),
          ("CPU µs each", middle.processor),
        ])
    }
    Table.print("ways of making messages of 4 KB durable", rows)
  }

  /// Nil where this system can't do it.
  private func trial(_ way: TrialWay) -> Figures? {
    let paths = (0..<way.files).map { "\(folder)/log-\($0)" }
    for path in paths { TrialLog.prepare(path, way.layout) }
    let writers = (0..<way.writers).compactMap { number in
      TrialLog(way, paths[number % paths.count], lane: number, of: way.writers / way.files)
    }
    guard writers.count == way.writers else { return nil }
    let (start, processor) = (Machine.clock, Machine.processor)
    let syncs = Double(commits(by: writers, until: start + seconds))
    let (passed, taken) = (Machine.clock - start, Machine.processor - processor)
    let messages = syncs * Double(way.group)
    return Figures(
      messages: messages / passed, syncs: syncs / passed, processor: taken / messages * 1e6)
  }

  /// How many groups all writers brought to the disk, each on a thread of its own.
  private func commits(by writers: [TrialLog], until end: Double) -> Int {
    let tally = CommitTally(writers: writers.count)
    for writer in writers {
      let thread = WorkThread("trial")
      thread.perform {
        var count = 0
        while Machine.clock < end {
          writer.commit()
          count += 1
        }
        tally.count.add(count, ordering: .relaxed)
        tally.writing.subtract(1, ordering: .releasing)
      }
      thread.close()
    }
    while tally.writing.load(ordering: .acquiring) > 0 { usleep(1000) }
    return tally.count.load(ordering: .relaxed)
  }
}

/// What the writers of a trial have in common.
private final class CommitTally: Sendable {
  let count = Atomic<Int>(0)
  let writing: Atomic<Int>

  init(writers: Int) { writing = Atomic(writers) }
}
