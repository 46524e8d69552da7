import DNS
import Mail

/// A resolver that knows nothing more behind a moment: whoever asks for one message by it is done then,
/// with what was found, and calls the rest a temporary error.
struct DeadlineResolver: Resolver {
  let resolver: any Resolver
  let clock: any Clock
  let end: Timestamp

  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    let left = Duration.microseconds(end.microseconds - clock.now().microseconds)
    guard left > .zero else { return .failure(.timedOut) }
    return await resolver.records(type, of: name, within: min(left, limit ?? left))
  }
}
