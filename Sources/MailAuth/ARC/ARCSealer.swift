package import Mail

/// Adds a set to the chain of a message that we changed or forward (RFC 8617 §5.1).
package struct ARCSealer: Sendable {
  package let domain: Domain
  package let selector: Domain
  /// RSA by choice: verifiers of ARC that know no Ed25519 are many, and a set has one signature
  /// only.
  package let key: SignaturePrivateKey

  package init(domain: Domain, selector: Domain, key: SignaturePrivateKey) {
    self.domain = domain
    self.selector = selector
    self.key = key
  }

  /// The body's hash that `seal` needs.
  package static let bodyHash = SignatureBodyHasher.Request(.relaxed)

  /// The three fields with their CRLFs, newest on top, to go in front of the message as it leaves.
  /// DKIM signatures are added before (§5.1 step 1).
  ///
  /// - `header`: of the message as it leaves, with the chain that it came with.
  /// - `arrived`: what `ARCVerifier` said when it came.
  /// - `results`: what we found, `mx.example.jp; spf=pass …`; white space in it is folded anew.
  package func seal(
    _ header: SignatureHeader, _ hashes: SignatureBodyHashes, arrived: ARCStatus, results: String,
    now: Timestamp
  ) throws(SigningFailure) -> [UInt8] {
    guard let bodyHash = hashes.digest(Self.bodyHash) else {
      throw SigningFailure(description: "the body was not hashed")
    }
    let chain = ARCChain(header)
    let instance = try next(chain)
    let found = authenticationResults(instance, results)
    let message = try messageSignature(header, instance, bodyHash, now)
    let state = chain.isEmpty ? ARCStatus.none : arrived == .pass ? .pass : .fail
    // §5.1.2: over a chain that failed the seal covers its own set only.
    var octets = state == .pass ? Self.octets(chain, header) : []
    octets += SignatureHeader.relaxed(found) + SignatureHeader.relaxed(message)
    octets += SignatureHeader.relaxed(seal(instance, state, now, "")).dropLast(2)
    let seal = seal(instance, state, now, Base64.encode(try key.sign(octets)))
    return [seal, message, found].flatMap { $0 + [0x0D, 0x0A] }
  }

  /// A message that is in memory anyway.
  package func seal(
    _ message: [UInt8], arrived: ARCStatus, results: String, now: Timestamp
  ) throws(SigningFailure) -> [UInt8] {
    let header = SignatureHeader(message)
    let hashes = SignatureBodyHasher.hashes(of: message[header.bodyStart...], [Self.bodyHash])
    return try seal(header, hashes, arrived: arrived, results: results, now: now)
  }

  private func next(_ chain: ARCChain) throws(SigningFailure) -> Int {
    guard !chain.isSealedAsFailed else {
      throw SigningFailure(description: "the chain was sealed as failed; nothing is added to it")
    }
    guard chain.highest < ARCChain.setLimit else {
      throw SigningFailure(description: "the chain has \(ARCChain.setLimit) sets already")
    }
    return chain.highest + 1
  }

  private static func octets(_ chain: ARCChain, _ header: SignatureHeader) -> [UInt8] {
    var octets: [UInt8] = []
    for set in chain.sets {
      for place in [set.results.place, set.message.place, set.seal.place] {
        header.append(place, .relaxed, to: &octets)
      }
    }
    return octets
  }

  // MARK: Fields

  private func authenticationResults(_ instance: Int, _ results: String) -> [UInt8] {
    var writer = SignatureFieldWriter("ARC-Authentication-Results")
    writer.tag("i", "\(instance)")
    writer.words(results)
    return writer.bytes
  }

  private func messageSignature(
    _ header: SignatureHeader, _ instance: Int, _ bodyHash: [UInt8], _ now: Timestamp
  ) throws(SigningFailure) -> [UInt8] {
    let names = try SignatureNames.arc(header)
    func field(_ signature: String) -> [UInt8] {
      var writer = SignatureFieldWriter("ARC-Message-Signature")
      writer.tag("i", "\(instance)")
      writer.tag("a", key.type.algorithm.rawValue)
      writer.tag("c", "relaxed/relaxed")
      writer.tag("d", domain.ascii)
      writer.tag("s", selector.ascii)
      writer.tag("t", "\(now.seconds)")
      writer.list("h", names)
      writer.tag("bh", Base64.encode(bodyHash))
      writer.signature(signature)
      return writer.bytes
    }
    return field(Base64.encode(try key.sign(header.octetsToSign(names, field("")))))
  }

  private func seal(
    _ instance: Int, _ state: ARCStatus, _ now: Timestamp, _ signature: String
  ) -> [UInt8] {
    var writer = SignatureFieldWriter("ARC-Seal")
    writer.tag("i", "\(instance)")
    writer.tag("a", key.type.algorithm.rawValue)
    writer.tag("cv", state.rawValue)
    writer.tag("d", domain.ascii)
    writer.tag("s", selector.ascii)
    writer.tag("t", "\(now.seconds)")
    writer.signature(signature)
    return writer.bytes
  }
}
