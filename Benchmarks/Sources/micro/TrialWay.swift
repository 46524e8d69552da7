/// One way of writing a log.
struct TrialWay: Sendable {
  /// What stands in the file beforehand.
  enum Layout: Sendable {
    /// Nothing: each sync records where the file grew.
    case growing
    /// Room, by `fallocate`: each sync records that it is written now.
    case reserved
    /// Octets: a sync has nothing to record.
    case filled
  }

  /// How a group gets to the disk.
  enum Means: Sendable {
    case writeAndSync
    /// Past the page cache, then a sync.
    case direct
    /// Past the page cache, durable when the write returns: one system call.
    case directSynchronous
    /// Write and sync as two linked requests: one system call.
    case ring
  }

  let name: String
  var group = 20
  var writers = 1
  var files = 1
  var layout = Layout.filled
  var means = Means.writeAndSync

  static let all = [
    TrialWay(name: "each message synced by itself", group: 1, layout: .growing),
    TrialWay(name: "the same, in a filled file", group: 1),
    TrialWay(name: "groups, the file grows", layout: .growing),
    TrialWay(name: "groups, room reserved", layout: .reserved),
    TrialWay(name: "groups, file filled (as it is)"),
    TrialWay(name: "… two writers, two files", group: 10, writers: 2, files: 2),
    TrialWay(name: "… two writers, one file", group: 10, writers: 2),
    TrialWay(name: "… direct, then a sync", means: .direct),
    TrialWay(name: "… direct and synchronous", means: .directSynchronous),
    TrialWay(name: "… io_uring, write and sync linked", means: .ring),
    TrialWay(name: "groups of 100, file filled", group: 100),
    TrialWay(name: "… two writers, two files", group: 50, writers: 2, files: 2),
    TrialWay(name: "… direct and synchronous", group: 100, means: .directSynchronous),
    TrialWay(name: "… io_uring, write and sync linked", group: 100, means: .ring),
  ]
}
