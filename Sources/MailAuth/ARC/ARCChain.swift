/// The ARC sets of a message, collected and checked for their structure (RFC 8617 §5.2, steps 1 to
/// 3).
///
///     ARC-Seal: i=2; cv=pass; …                  ┐
///     ARC-Message-Signature: i=2; …              ├ set 2, by the second that handled it
///     ARC-Authentication-Results: i=2; …         ┘
///     ARC-Seal: i=1; cv=none; …                  ┐
///     …                                          ┘ set 1
///
/// Fields may stand in any order; only their instance says where they belong.
struct ARCChain: Sendable {
  /// From instance 1 on; complete only without a fault.
  let sets: [ARCSet]
  /// What is wrong with the structure.
  let fault: SignatureFault?
  /// The highest instance that could be read, 0 without any.
  let highest: Int
  /// Whether the newest seal says `cv=fail`: nothing is added to such a chain (§5.1).
  let isSealedAsFailed: Bool
  let isEmpty: Bool

  /// RFC 8617 §5.2 step 1.
  static let setLimit = 50

  private static let names = ["arc-authentication-results", "arc-message-signature", "arc-seal"]

  init(_ header: SignatureHeader) {
    let places = Self.names.map { header.places(of: $0) }
    isEmpty = places.allSatisfy(\.isEmpty)
    if let fault = Self.beyondLimits(header, places) {
      (sets, highest, isSealedAsFailed) = ([], Self.setLimit, false)
      self.fault = fault
      return
    }
    var found = Found()
    for place in places[0] {
      found.add(\.results) { () throws(SignatureFault) in try ARCResults.read(header, place) }
    }
    for place in places[1] {
      found.add(\.message) { () throws(SignatureFault) in
        try ARCMessageSignature.read(header, place)
      }
    }
    for place in places[2] {
      found.add(\.seal) { () throws(SignatureFault) in try ARCSeal.read(header, place) }
    }
    highest = found.parts.keys.max() ?? 0
    isSealedAsFailed = found.parts[highest]?.seal?.chain == .fail
    (sets, fault) = found.sets()
  }

  private static func beyondLimits(
    _ header: SignatureHeader, _ places: [[Int]]
  ) -> SignatureFault? {
    if places.contains(where: { $0.count > setLimit }) {
      return SignatureFault(.chain, "it has more than \(setLimit) sets")
    }
    guard header.isTooLarge else { return nil }
    return SignatureFault(
      .headerTooLarge, "the header has more than \(SignatureHeader.sizeLimit) octets")
  }

  /// Fields by instance while they are gathered.
  private struct Found {
    struct Parts {
      var results: ARCResults?
      var message: ARCMessageSignature?
      var seal: ARCSeal?
    }

    var parts: [Int: Parts] = [:]
    var fault: SignatureFault?

    /// Puts a field into its set, where none of its kind may stand yet.
    mutating func add<Field: ARCField>(
      _ slot: WritableKeyPath<Parts, Field?>, _ read: () throws(SignatureFault) -> Field
    ) {
      do throws(SignatureFault) {
        let field = try read()
        var parts = parts[field.instance] ?? Parts()
        guard parts[keyPath: slot] == nil else {
          throw SignatureFault(.chain, "set \(field.instance) has a field twice")
        }
        parts[keyPath: slot] = field
        self.parts[field.instance] = parts
      } catch {
        fault = fault ?? error
      }
    }

    /// Without gaps, whole, and sealed as it must be.
    func sets() -> (sets: [ARCSet], fault: SignatureFault?) {
      if let fault { return ([], fault) }
      var sets: [ARCSet] = []
      for instance in stride(from: 1, through: parts.keys.max() ?? 0, by: 1) {
        guard let all = parts[instance], let results = all.results, let message = all.message,
          let seal = all.seal
        else { return ([], SignatureFault(.chain, "set \(instance) is not whole")) }
        guard seal.chain == (instance == 1 ? .none : .pass) else {
          let words = "seal \(instance) says cv=\(seal.chain.rawValue)"
          return ([], SignatureFault(.chain, words))
        }
        sets.append(ARCSet(results: results, message: message, seal: seal))
      }
      return (sets, nil)
    }
  }
}

/// One hop's three fields.
struct ARCSet: Sendable {
  let results: ARCResults
  let message: ARCMessageSignature
  let seal: ARCSeal
}
