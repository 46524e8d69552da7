import CUnbound
import Glibc
import Synchronization
import Threads

/// How the resolver asks.
package struct ResolverSettings: Hashable, Sendable {
  /// Servers to forward to, `192.0.2.53` or `127.0.0.1@5353`; empty for /etc/resolv.conf.
  package var servers: [String] = []
  /// File with the root's key; without it nothing is proved. Debian's package `dns-root-data` keeps
  /// one at `/usr/share/dns/root.key`, which its updates replace when the root changes its key.
  package var trustAnchorFile: String?
  /// For one name, however many servers are tried on the way.
  package var timeoutSeconds = 20
  /// How long a server that gave no answer counts as dead. libunbound's own 900 would let mail wait for
  /// a quarter of an hour when the DNS is long back.
  package var deadServerSeconds = 30

  package init() {}
}

/// Why the resolver can't be set up.
package struct ResolverFault: Error, Sendable, CustomStringConvertible {
  package let description: String
}

/// Looks names up with libunbound, which caches, and validates where it has a trust anchor.
///
/// Queries run on libunbound's own thread; one thread of ours hands the answers over and ends what
/// takes too long.
package final class UnboundResolver: Resolver {
  /// `@unchecked`: a libunbound context locks itself (libunbound(3), THREADS).
  private struct Context: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let context: Context
  private let timeoutSeconds: Int
  private let queries: Queries

  /// Queries at once; beyond, a name fails for now.
  private static let queryLimit = 4096

  package init(_ settings: ResolverSettings) throws(ResolverFault) {
    guard let pointer = ub_ctx_create() else {
      throw ResolverFault(description: "libunbound gives no context: out of memory")
    }
    context = Context(pointer: pointer)
    timeoutSeconds = settings.timeoutSeconds
    queries = Queries()
    do throws(ResolverFault) {
      try Self.prepare(pointer, settings)
    } catch {
      ub_ctx_delete(pointer)
      throw error
    }
    let (context, queries) = (context, queries)
    OwnThread.start("resolver") { Self.serve(context, queries) }
  }

  deinit { queries.close() }

  /// Ends the threads; what is still asked is answered with a time-out.
  package func close() { queries.close() }

  /// The order matters: options first, since whatever finalises the context closes them.
  private static func prepare(
    _ context: OpaquePointer, _ settings: ResolverSettings
  ) throws(ResolverFault) {
    func check(_ code: Int32, _ what: String) throws(ResolverFault) {
      guard code != 0 else { return }
      throw ResolverFault(description: "DNS: \(what): \(String(cString: ub_strerror(code)))")
    }
    try check(ub_ctx_set_option(context, "do-not-query-localhost:", "no"), "set-up")
    // A warning every minute about a dead server belongs in our log, in our words.
    try check(ub_ctx_debuglevel(context, 0), "set-up")
    try check(
      ub_ctx_set_option(context, "infra-host-ttl:", "\(settings.deadServerSeconds)"), "set-up")
    if let file = settings.trustAnchorFile {
      try check(ub_ctx_add_ta_file(context, file), "can't read the trust anchor \(file)")
    }
    if settings.servers.isEmpty {
      // Where the file is absent libunbound asks the root servers itself.
      _ = ub_ctx_resolvconf(context, nil)
      _ = ub_ctx_hosts(context, nil)
    }
    for server in settings.servers {
      try check(ub_ctx_set_fwd(context, server), "\"\(server)\" is no server address")
    }
    try check(ub_ctx_async(context, 1), "set-up")
    // RFC 6761's names are ordinary ones for who asks a server of their own.
    if !settings.servers.isEmpty {
      for zone in ["test.", "invalid.", "onion."] { _ = ub_ctx_zone_remove(context, zone) }
    }
  }

  // MARK: Resolver

  package func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    let seconds = limit.map { Int(clamping: $0.components.seconds) } ?? timeoutSeconds
    return await ask(name, type, seconds: min(max(seconds, 1), timeoutSeconds)).map { answer in
      var answer = answer
      // An alias only where it leads elsewhere.
      if answer.canonicalName == name { answer.canonicalName = nil }
      return answer
    }
  }

  private func ask(
    _ name: DNSName, _ type: RecordType, seconds: Int
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    await withCheckedContinuation { continuation in
      let query = Query(deadline: Self.monotonicSeconds() + seconds) {
        continuation.resume(returning: $0)
      }
      guard queries.add(query, limit: Self.queryLimit) else {
        return query.finish(.failure(.serverFailure("too many names are being looked up")))
      }
      let box = Unmanaged.passRetained(query)
      var number: Int32 = 0
      // Class IN is 1. libunbound reads the escapes of zone files, so odd octets come through.
      let code = ub_resolve_async(
        context.pointer, name.description, Int32(type.number), 1, box.toOpaque(),
        { box, code, result in
          guard let box else { return }
          Unmanaged<Query>.fromOpaque(box).takeRetainedValue().answered(code, result)
        }, &number)
      if code != 0 {
        box.release()
        query.finish(.failure(.serverFailure(String(cString: ub_strerror(code)))))
      } else {
        query.isAsked(as: number)
      }
    }
  }

  // MARK: The thread

  /// Milliseconds between looks at the deadlines.
  private static let lookMilliseconds: Int32 = 250

  private static func serve(_ context: Context, _ queries: Queries) {
    while !queries.isClosed {
      var handle = pollfd(fd: ub_fd(context.pointer), events: Int16(POLLIN), revents: 0)
      if poll(&handle, 1, lookMilliseconds) > 0 { ub_process(context.pointer) }
      for query in queries.takeLate(now: monotonicSeconds()) {
        // Callbacks run on this thread only, so a query is either cancelled here or was answered.
        if let number = query.number, ub_cancel(context.pointer, number) == 0 {
          Unmanaged.passUnretained(query).release()
        }
        query.finish(.failure(.timedOut))
      }
    }
    for query in queries.takeLate(now: .max) { query.finish(.failure(.timedOut)) }
    ub_ctx_delete(context.pointer)
  }

  private static func monotonicSeconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}
