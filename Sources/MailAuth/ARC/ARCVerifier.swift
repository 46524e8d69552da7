import Crypto
package import DNS
package import Mail

/// Verifies the chain of a message (RFC 8617 §5.2), with the body hashed as for `DKIMVerifier`.
///
/// Keys are asked for in two rounds, the newest set's first: a chain whose end is broken costs two
/// look-ups, the longest 50 more. Seals are hashed over one running hash, so 50 sets are read once
/// and not 1,275 times.
package struct ARCVerifier: Sendable {
  private let header: SignatureHeader
  private let chain: ARCChain
  private let now: Int64
  private let findsOldestPass: Bool

  /// `findsOldestPass` also verifies the older signatures over the message, which has no bearing on
  /// the chain and costs a look-up each.
  package init(_ header: SignatureHeader, now: Timestamp, findsOldestPass: Bool = false) {
    self.header = header
    self.now = now.seconds
    self.findsOldestPass = findsOldestPass
    chain = ARCChain(header)
  }

  /// The hashes that `judge` needs.
  package var bodyHashes: Set<SignatureBodyHasher.Request> {
    let sets = findsOldestPass ? chain.sets[...] : chain.sets.suffix(1)
    return Set(sets.flatMap { $0.message.readings.map(\.body) })
  }

  /// Asks for the keys and judges the chain.
  package func judge(_ hashes: SignatureBodyHashes, resolver: any Resolver) async -> ARCResult {
    if chain.isEmpty { return ARCResult(status: .none, reason: "The message has no ARC chain.") }
    if chain.isSealedAsFailed {
      return failed(
        SignatureFault(.chain, "its newest seal says that it had failed before"), chain.highest)
    }
    if let fault = chain.fault { return failed(fault, nil) }
    guard let newest = chain.sets.last else {
      return failed(SignatureFault(.chain, "it has no set"), nil)
    }
    var instance = newest.seal.instance
    do throws(SignatureFault) {
      let ends = await keys([newest.message.terms, newest.seal.terms], resolver)
      try verify(newest.message, hashes, ends)
      let digests = sealDigests()
      try verify(newest.seal, digests, ends)
      let older = chain.sets.dropLast()
      let rest = await keys(older.map(\.seal.terms), resolver)
      for set in older.reversed() {
        instance = set.seal.instance
        try verify(set.seal, digests, rest)
      }
    } catch {
      return failed(error, instance)
    }
    return await passed(hashes, resolver)
  }

  /// A message that is in memory anyway.
  package static func judge(
    _ message: [UInt8], now: Timestamp, resolver: any Resolver
  ) async -> ARCResult {
    let header = SignatureHeader(message)
    let verifier = ARCVerifier(header, now: now)
    let hashes = SignatureBodyHasher.hashes(
      of: message[header.bodyStart...], verifier.bodyHashes)
    return await verifier.judge(hashes, resolver: resolver)
  }

  // MARK: Parts

  private func keys(_ terms: [SignatureTerms], _ resolver: any Resolver) async -> SignatureKeys {
    await SignatureKeys(Set(terms.map(\.keyName)), from: resolver)
  }

  private func verify(
    _ message: ARCMessageSignature, _ hashes: SignatureBodyHashes, _ keys: SignatureKeys
  ) throws(SignatureFault) {
    let terms = message.terms
    try message.readings[0].checkTime(terms, now: now)
    let usable = try keys.keys(for: terms)
    let whole = message.readings.filter { hashes.digest($0.body) == $0.bodyHash }
    if whole.isEmpty { try message.readings[0].checkBody(hashes) }
    let holds = whole.contains { scope in
      let octets = header.signedOctets(
        scope.names, scope.headerCanonicalization, own: message.place, blanked: terms.blanked)
      let digest = SHA256.hash(data: octets)
      return usable.contains { $0.key.isValid(terms.signature, for: digest) }
    }
    guard holds else {
      throw SignatureFault(.signature, "the message was changed after set \(message.instance)")
    }
    // What a sealer vouches for is believed of the whole message (RFC 6376 §8.2).
    guard message.readings.allSatisfy({ hashes.rest($0.body) == 0 }) else {
      throw SignatureFault(.unsignedRest, "set \(message.instance) leaves out a part of the body")
    }
  }

  private func verify(
    _ seal: ARCSeal, _ digests: [SHA256.Digest], _ keys: SignatureKeys
  ) throws(SignatureFault) {
    let digest = digests[seal.instance - 1]
    let usable = try keys.keys(for: seal.terms)
    guard usable.contains(where: { $0.key.isValid(seal.terms.signature, for: digest) }) else {
      throw SignatureFault(.signature, "seal \(seal.instance) does not hold")
    }
  }

  /// What each seal signs: all sets in order, the last seal with an empty `b=` (RFC 8617 §5.1.1).
  private func sealDigests() -> [SHA256.Digest] {
    var running = SHA256()
    return chain.sets.map { set in
      var octets: [UInt8] = []
      header.append(set.results.place, .relaxed, to: &octets)
      header.append(set.message.place, .relaxed, to: &octets)
      running.update(data: octets)
      var own: [UInt8] = []
      let name = header.bytes[header.fields[set.seal.place].name]
      SignatureCanonicalization.relaxed.appendField(
        name: name, value: set.seal.terms.blanked[...], to: &own)
      var sealed = running
      sealed.update(data: own.dropLast(2))
      var whole: [UInt8] = []
      header.append(set.seal.place, .relaxed, to: &whole)
      running.update(data: whole)
      return sealed.finalize()
    }
  }

  // MARK: Results

  private func failed(_ fault: SignatureFault, _ instance: Int?) -> ARCResult {
    ARCResult(
      status: .fail, fault: fault.kind, reason: "The ARC chain does not count: \(fault.words).",
      failedInstance: instance, hops: hops)
  }

  private func passed(
    _ hashes: SignatureBodyHashes, _ resolver: any Resolver
  ) async -> ARCResult {
    let last = chain.sets.last?.seal.terms.domain.ascii ?? "nobody"
    var result = ARCResult(
      status: .pass, reason: "The ARC chain of \(chain.sets.count) holds; \(last) sealed it last.",
      hops: hops)
    result.signsFrom =
      chain.sets.last?.message.readings.allSatisfy { $0.names.contains("from") } ?? false
    if findsOldestPass { result.oldestPass = await oldestPass(hashes, resolver) }
    return result
  }

  private func oldestPass(
    _ hashes: SignatureBodyHashes, _ resolver: any Resolver
  ) async -> Int {
    let older = chain.sets.dropLast().map(\.message)
    let keys = await keys(older.map(\.terms), resolver)
    for message in older.reversed() {
      do throws(SignatureFault) { try verify(message, hashes, keys) } catch {
        return message.instance + 1
      }
    }
    return 0
  }

  private var hops: [ARCResult.Hop] {
    chain.sets.map { set in
      let text = header.bytes[set.results.payload].filter { $0 != 0x0D && $0 != 0x0A }
      return ARCResult.Hop(
        instance: set.seal.instance, sealer: set.seal.terms.domain.ascii,
        signer: set.message.terms.domain.ascii,
        results: String(decoding: text.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self))
    }
  }
}
