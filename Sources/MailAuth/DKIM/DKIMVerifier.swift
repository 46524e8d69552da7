import Crypto
package import DNS
package import Mail

/// Verifies the DKIM signatures of a message (RFC 6376 §6, RFC 8301, RFC 8463).
///
///     header ──▶ DKIMVerifier ── bodyHashes ──▶ SignatureBodyHasher ◀── body, piece by piece
///                     │                                │
///                     └──────────── judge(hashes) ◀────┘ ──▶ DKIMReport
///
/// Refused by limit, each with its name in the result: signatures beyond `signatureLimit`, fields
/// beyond `SignatureTerms.sizeLimit`, names beyond `SignatureScope.nameLimit`, headers beyond
/// `SignatureHeader.sizeLimit`, keys outside `SignaturePublicKey.rsaBits`.
package struct DKIMVerifier: Sendable {
  /// A signature field, read or not.
  private struct Candidate: Sendable {
    let place: Int
    let signature: Result<DKIMSignature, SignatureFault>
  }

  private let header: SignatureHeader
  private let candidates: [Candidate]
  private let now: Int64
  private let service: SignatureService
  private let unjudged: Int

  /// Signatures of one message that are judged. Lists and forwarders leave three or four; each
  /// beyond costs a look-up and a verification that a sender can make us do.
  package static let signatureLimit = 10

  /// Reads the signatures; `now` is when the message was received.
  package init(
    _ header: SignatureHeader, now: Timestamp, service: SignatureService = .mail,
    signatureLimit: Int = DKIMVerifier.signatureLimit
  ) {
    let places = header.places(of: "dkim-signature")
    self.header = header
    self.now = now.seconds
    self.service = service
    unjudged = max(0, places.count - signatureLimit)
    candidates = places.prefix(signatureLimit).map { place in
      Candidate(place: place, signature: Self.read(header, place, now.seconds))
    }
  }

  private static func read(
    _ header: SignatureHeader, _ place: Int, _ now: Int64
  ) -> Result<DKIMSignature, SignatureFault> {
    do throws(SignatureFault) {
      guard !header.isTooLarge else {
        throw SignatureFault(
          .headerTooLarge, "the header has more than \(SignatureHeader.sizeLimit) octets")
      }
      return .success(try DKIMSignature(header.value(place)))
    } catch {
      return .failure(error)
    }
  }

  /// The hashes that `judge` needs.
  package var bodyHashes: Set<SignatureBodyHasher.Request> {
    Set(candidates.compactMap { try? $0.signature.get().scope.body })
  }

  /// Asks for the keys and judges every signature.
  package func judge(
    _ hashes: SignatureBodyHashes, resolver: any Resolver
  ) async -> DKIMReport {
    let names = candidates.compactMap { try? $0.signature.get().terms.keyName }
    let keys = await SignatureKeys(Set(names), from: resolver)
    return judge(hashes, keys: keys)
  }

  /// As above with the keys in hand.
  package func judge(_ hashes: SignatureBodyHashes, keys: SignatureKeys) -> DKIMReport {
    let results = candidates.map { candidate in
      switch candidate.signature {
      case .success(let signature): judge(signature, candidate.place, hashes, keys)
      case .failure(let fault): DKIMResult(fault)
      }
    }
    return DKIMReport(results, unjudged: unjudged)
  }

  /// A message that is in memory anyway.
  package static func judge(
    _ message: [UInt8], now: Timestamp, service: SignatureService = .mail, resolver: any Resolver
  ) async -> DKIMReport {
    let header = SignatureHeader(message)
    let verifier = DKIMVerifier(header, now: now, service: service)
    let hashes = SignatureBodyHasher.hashes(
      of: message[header.bodyStart...], verifier.bodyHashes)
    return await verifier.judge(hashes, resolver: resolver)
  }

  // MARK: One signature

  private func judge(
    _ signature: DKIMSignature, _ place: Int, _ hashes: SignatureBodyHashes, _ keys: SignatureKeys
  ) -> DKIMResult {
    var result = DKIMResult(signature)
    do throws(SignatureFault) {
      try verify(signature, place, hashes, keys, &result)
      result.unsignedOctets = hashes.rest(signature.scope.body)
      if result.unsignedOctets > 0 {
        result.reason =
          "\(signature.terms.domain) signed this message but for its last"
          + " \(result.unsignedOctets) octets, which anybody may have added."
      }
    } catch {
      result.fail(error)
    }
    return result
  }

  private func verify(
    _ signature: DKIMSignature, _ place: Int, _ hashes: SignatureBodyHashes, _ keys: SignatureKeys,
    _ result: inout DKIMResult
  ) throws(SignatureFault) {
    let (terms, scope) = (signature.terms, signature.scope)
    try scope.checkTime(terms, now: now)
    let found = try keys.keys(for: terms, service)
    // RFC 6376 §3.6.1, t=s: the identity must not be of a subdomain.
    let usable = found.filter { !$0.isStrict || signature.identityDomain == terms.domain }
    guard !usable.isEmpty else {
      throw SignatureFault(.identity, "its key is not for identities of subdomains")
    }
    result.isKeySecure = keys.isSecure(terms.keyName)
    result.isTesting = usable.contains { $0.isTesting }
    result.keyBits = usable[0].key.bits
    try scope.checkBody(hashes)
    guard service == .mail || hashes.rest(scope.body) == 0 else {
      throw SignatureFault(
        .unsignedRest, "it leaves out a part of the body, which a report must not")
    }
    let octets = header.signedOctets(
      scope.names, scope.headerCanonicalization, own: place, blanked: terms.blanked)
    let digest = SHA256.hash(data: octets)
    guard let key = usable.first(where: { $0.key.isValid(terms.signature, for: digest) }) else {
      throw SignatureFault(.signature, changes(signature, place))
    }
    (result.isTesting, result.keyBits) = (key.isTesting, key.key.bits)
  }

  /// Copies (`z=`) and fields of one name that are compared: diagnosis must not cost what
  /// verification does not.
  private static let copyLimit = 20
  private static let placeLimit = 4

  /// Why the signature itself may have failed, with what `z=` tells.
  private func changes(_ signature: DKIMSignature, _ place: Int) -> String {
    let changed = signature.copies.prefix(Self.copyLimit).filter { copy in
      guard signature.scope.names.contains(copy.name) else { return false }
      let places = header.places(of: copy.name).suffix(Self.placeLimit)
      return !places.contains { $0 != place && isSame(header.value($0), copy.value) }
    }
    let names = Set(changed.map(\.name)).sorted()
    if names.isEmpty { return "its header was changed on its way, or the key is another" }
    return "by its own copy (z=) these fields were changed: \(names.joined(separator: ", "))"
  }

  private func isSame(_ left: ArraySlice<UInt8>, _ right: [UInt8]) -> Bool {
    var (one, other): ([UInt8], [UInt8]) = ([], [])
    SignatureCanonicalization.relaxed.appendField(name: [], value: left, to: &one)
    SignatureCanonicalization.relaxed.appendField(name: [], value: right[...], to: &other)
    return one == other
  }
}
