package import DNS
package import Mail

/// What a domain's TXT records come to where exactly one of a kind may stand: MTA-STS and TLS-RPT
/// (RFC 8461 §3.1, RFC 8460 §3). Texts of other kinds beside it don't count.
package enum RecordDiscovery<Record: Hashable & Sendable>: Hashable, Sendable {
  case record(Record)
  case none
  /// More than one: the domain counts as having none.
  case several
  /// The one there is can't be read: likewise.
  case malformed(SyntaxError)
  case failure(DNSFailure)

  init(
    _ answer: Result<DNSAnswer<[UInt8]>, DNSFailure>, version: String,
    read: ([UInt8]) throws(SyntaxError) -> Record
  ) {
    switch answer {
    case .failure(let failure): self = failure.isTemporary ? .failure(failure) : .none
    case .success(let answer):
      let claims = answer.records.filter { PolicyFields.claims(version, $0) }
      guard let first = claims.first else {
        self = .none
        return
      }
      guard claims.count == 1 else {
        self = .several
        return
      }
      do throws(SyntaxError) {
        self = .record(try read(first))
      } catch {
        self = .malformed(error)
      }
    }
  }
}
