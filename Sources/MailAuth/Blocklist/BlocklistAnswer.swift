package import DNS
package import Mail

/// One thing a list says of a client or domain.
package struct BlocklistListing: Hashable, Sendable {
  package let kind: BlocklistMeaning.Kind
  /// The list's word for it, or the code itself.
  package let label: String
  package let code: IPAddress
}

/// What a list says.
package enum BlocklistAnswer: Hashable, Sendable {
  case listed([BlocklistListing])
  case notListed
  /// Nothing is known. A time-out decides nothing.
  case undecided(DNSFailure)
  /// The list answered what no list answers, or that it will not answer us. Nothing is known, and the
  /// zone should not be asked further.
  case untrustworthy(BlocklistFault)
  /// It was not asked.
  case notAsked(Reason)

  /// Why a list is not asked.
  package enum Reason: Hashable, Sendable {
    /// The list has no entries of this kind.
    case notItsSubject
    /// A private address means another host with every reader.
    case isPrivate
    /// The name with the zone's behind it would be too long.
    case tooLong
    case isSwitchedOff(BlocklistFault)
    /// Its test points were not seen yet.
    case isUntested
  }
}

/// Why a list can't be relied on.
package enum BlocklistFault: Hashable, Sendable {
  /// An answer outside 127/8: the zone was sold, or a resolver on the way invents answers.
  case answersOutsideLoopback(IPAddress)
  /// 127.255.255.0/24 or a code the list has for it: we may not ask, or ask too much.
  case refusesUs(String)
  /// What must never be listed is (RFC 5782 §5).
  case listsEverything
  /// What must always be listed is not (RFC 5782 §5).
  case listsNothing

  package var sentence: String {
    switch self {
    case .answersOutsideLoopback(let address): "It answers \(address), which no blocklist does."
    case .refusesUs(let label): "It refuses to answer us: \(label)."
    case .listsEverything: "It lists even its test point that must never be listed."
    case .listsNothing: "It does not list even its test point that must always be listed."
    }
  }
}

extension BlocklistZone {
  /// Reads the A records of a look-up.
  func answer(_ result: Result<DNSAnswer<IPAddress>, DNSFailure>) -> BlocklistAnswer {
    switch result {
    case .failure(let failure): return failure.isTemporary ? .undecided(failure) : .notListed
    case .success(let answer): return read(answer.records)
    }
  }

  private func read(_ codes: [IPAddress]) -> BlocklistAnswer {
    var listings: [BlocklistListing] = []
    for code in codes {
      let octets = code.octets
      // RFC 5782 §2.3: 127/8 and nothing else.
      guard octets.count == 4, octets[0] == 127 else {
        return .untrustworthy(.answersOutsideLoopback(code))
      }
      let found = self.listings(code, octets)
      if let refusal = found.first(where: { $0.kind == .refused }) {
        return .untrustworthy(.refusesUs(refusal.label))
      }
      // By convention this is how lists say that something is wrong with the question.
      if octets[1] == 255, octets[2] == 255 { return .untrustworthy(.refusesUs("\(code)")) }
      listings += found.filter { $0.kind != .misasked }
    }
    return listings.isEmpty ? .notListed : .listed(listings)
  }

  private func listings(_ code: IPAddress, _ octets: [UInt8]) -> [BlocklistListing] {
    let rows = meanings.filter { $0.fits(octets) }
    // A code has one meaning; of bits each has its own.
    let fitting = rows.first.map { row in row.isBit ? rows.filter(\.isBit) : [row] } ?? []
    if fitting.isEmpty {
      return otherwise.map { [BlocklistListing(kind: $0, label: "\(code)", code: code)] } ?? []
    }
    return fitting.map { BlocklistListing(kind: $0.kind, label: $0.label, code: code) }
  }
}
