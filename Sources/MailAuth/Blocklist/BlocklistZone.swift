package import DNS

// Blocklists stand in MailAuth and not in DNS: what a list says is evidence about a client or a domain, as
// SPF is. The DNS room only knows names and records.

/// A DNS blocklist (RFC 5782): where to ask, what it lists, and what its codes mean.
package struct BlocklistZone: Hashable, Sendable {
  /// What a list lists.
  package enum Subject: Hashable, Sendable, CaseIterable {
    case v4
    case v6
    case domain
  }

  package let name: DNSName
  package let subjects: Set<Subject>
  /// From the list's own documentation, the first that fits counts.
  package let meanings: [BlocklistMeaning]
  /// What an answer means that no row fits; nil where the list says such answers are no listing.
  package var otherwise: BlocklistMeaning.Kind?

  package init(
    name: DNSName, subjects: Set<Subject>, meanings: [BlocklistMeaning] = [],
    otherwise: BlocklistMeaning.Kind? = .listed
  ) {
    self.name = name
    self.subjects = subjects
    self.meanings = meanings
    self.otherwise = otherwise
  }
}

/// What a list means by an answer. Data, one row a code or bit.
package struct BlocklistMeaning: Hashable, Sendable {
  /// Which answers it is about: the three octets behind 127.
  package enum Pattern: Hashable, Sendable {
    case code(UInt8, UInt8, UInt8)
    /// From one code to another, the last octet only.
    case codes(UInt8, UInt8, ClosedRange<UInt8>)
    /// Lists that set a bit of the last octet for each of their sources.
    case bit(UInt8)
  }

  /// What follows from it.
  package enum Kind: Hashable, Sendable {
    case listed
    /// A home or dial-up address that should send by its provider: it says something of a stranger at
    /// port 25, nothing of a customer who logs in.
    case dynamic
    /// A list of the good.
    case trusted
    /// The list says that we ask in a way it does not want. Never a listing.
    case refused
    /// The list says that it has no such subjects. It says nothing, and the list stays good: else a
    /// stranger could switch it off by naming what makes it say so.
    case misasked
  }

  package let pattern: Pattern
  package let kind: Kind
  /// The list's own word for it: "SBL", "phish".
  package let label: String

  package init(_ pattern: Pattern, _ kind: Kind, _ label: String) {
    self.pattern = pattern
    self.kind = kind
    self.label = label
  }

  /// `octets` are those of an answer inside 127/8.
  func fits(_ octets: [UInt8]) -> Bool {
    switch pattern {
    case .code(let two, let three, let four): octets[1...].elementsEqual([two, three, four])
    case .codes(let two, let three, let last):
      octets[1] == two && octets[2] == three && last.contains(octets[3])
    case .bit(let bit): octets[1] == 0 && octets[2] == 0 && octets[3] & bit != 0
    }
  }

  var isBit: Bool { if case .bit = pattern { true } else { false } }
}
