package import DNS
package import Mail

/// The key records that a message's signatures need, each name asked once and all at the same time,
/// so that a message waits for one time-out and not for ten.
package struct SignatureKeys: Sendable {
  /// A key that may verify, with what its record says.
  struct Key: Sendable {
    let key: SignaturePublicKey
    let isTesting: Bool
    let isStrict: Bool
  }

  private typealias Answer = Result<DNSAnswer<[UInt8]>, DNSFailure>
  private var answers: [Domain: Answer] = [:]

  /// Records of one name that are tried. RFC 6376 §3.6.2.2 wants one; two stand while a key changes
  /// its kind.
  private static let recordLimit = 8

  /// Asks for all names. The caller bounds how many they are.
  package init(_ names: Set<Domain>, from resolver: any Resolver) async {
    if let name = names.first, names.count == 1 {
      answers[name] = await resolver.texts(of: DNSName(name))
      return
    }
    await withTaskGroup(of: (Domain, Answer).self) { group in
      for name in names { group.addTask { (name, await resolver.texts(of: DNSName(name))) } }
      for await (name, answer) in group { answers[name] = answer }
    }
  }

  /// Records that are in hand.
  package init(_ records: [Domain: [[UInt8]]]) {
    answers = records.mapValues { .success(DNSAnswer($0)) }
  }

  /// Whether DNSSEC proved the records of a name.
  func isSecure(_ name: Domain) -> Bool {
    guard case .success(let answer)? = answers[name] else { return false }
    return answer.isSecure
  }

  /// The keys that may verify a signature; with none, why (RFC 6376 §6.1.2).
  func keys(
    for terms: SignatureTerms, _ service: SignatureService = .mail
  ) throws(SignatureFault) -> [Key] {
    var keys: [Key] = []
    var fault = SignatureFault(.noKey, "its key does not stand in the DNS")
    for text in try records(terms.keyName).prefix(Self.recordLimit) {
      do throws(SignatureFault) {
        let record = try SignatureKeyRecord(text)
        let key = try record.key(for: terms.algorithm, service)
        keys.append(Key(key: key, isTesting: record.isTesting, isStrict: record.isStrict))
      } catch {
        // Of several faults that of the record which is at least a key is worth telling.
        if fault.kind == .noKey || fault.kind == .keySyntax { fault = error }
      }
    }
    guard !keys.isEmpty else { throw fault }
    return keys
  }

  private func records(_ name: Domain?) throws(SignatureFault) -> [[UInt8]] {
    switch name.flatMap({ answers[$0] }) {
    case .success(let answer): return answer.records
    case .failure(let failure) where failure.isTemporary:
      throw SignatureFault(.keyUnavailable, "its key can't be had now: \(failure.words)")
    case .failure, nil:
      throw SignatureFault(.noKey, "its key does not stand in the DNS")
    }
  }
}
