import Glibc

/// How many descriptors the process may hold, and how many sessions that bears.
package enum DescriptorLimit {
  /// Kept for the spool, the databases, name look-ups and connections to other servers.
  private static let reserve = 256
  /// Sessions that are let in however few descriptors there are.
  private static let leastSessions = 16

  /// Raises the soft limit to the hard one. The soft limit is 1024 for the sake of programs that use
  /// `select`; we don't.
  package static func raise() {
    var limit = read()
    guard limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    // When it fails the old limit stays, and `sessions` says what it bears.
    _ = setrlimit(resource, &limit)
  }

  /// Sessions that may be open at once; those beyond hear 421 while there is a descriptor to say it by.
  package static var sessions: Int {
    max(leastSessions, Int(clamping: read().rlim_cur) - reserve)
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static func read() -> rlimit {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? limit : rlimit(rlim_cur: 1024, rlim_max: 1024)
  }
}
