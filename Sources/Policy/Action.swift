/// What is done with a message; later cases are severer.
package enum Action: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
  /// Passed on as it is.
  case accept
  /// Passed on with what was found in its header.
  case mark
  /// Passed on with the parts that were found fault with taken out and a note in their place.
  case strip
  /// Kept until a person releases it.
  case hold
  /// Not taken now; the sender's server tries again.
  case `defer`
  /// Not taken; the sender hears so at the end of data.
  case refuse

  package static func < (left: Action, right: Action) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether the message is taken.
  package var takes: Bool { self < .defer }
}

/// Which way a message goes, seen from the organisation.
package enum Direction: String, Codable, Hashable, Sendable, CaseIterable {
  /// From outside to a recipient of ours.
  case inbound
  /// From one of ours to the outside.
  case outbound
  /// From one of ours to one of ours.
  case `internal`
}
