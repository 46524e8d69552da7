import Mail
import SMTP

/// The proof that no stranger reaches a stranger: every situation of the table is asked, and so is who
/// may say from where a client comes.
///
/// "Stranger" and "elsewhere" are defined here anew, not borrowed from the table's own code, so that a
/// mistake there shows here.
package struct RelayProof: Sendable {
  /// Rows asked.
  package let count: Int
  package let counterExamples: [CounterExample]
  /// Settings that can't be judged safe whatever the table says.
  package let faults: [String]
  /// Safe, but worth a look.
  package let warnings: [String]

  package var isProven: Bool { counterExamples.isEmpty && faults.isEmpty }

  package init(_ policy: RelayPolicy) {
    let table = RelayTable(policy: policy)
    let situations = table.situations
    count = situations.count
    let byTable = situations.compactMap { situation -> CounterExample? in
      guard Self.mustBeRefused(situation, policy), table.decide(situation).isAcceptance else {
        return nil
      }
      return CounterExample(situation: situation, policy: policy)
    }
    counterExamples = byTable + Self.counterExamples(ofPeers: policy, table)
    faults = Self.faults(of: policy) + Self.faults(ofPeers: policy)
    warnings =
      Self.warnings(of: policy) + Self.warnings(ofPeers: policy)
      + Self.warnings(ofDomains: policy, table)
  }

  /// A stranger has not authenticated and is in no network that was named for relaying; elsewhere is
  /// every recipient that is not one of ours.
  private static func mustBeRefused(_ situation: Situation, _ policy: RelayPolicy) -> Bool {
    switch situation.recipient {
    case .ownUser, .unknownUser: return false
    // Nobody of ours reads it, so the way to everybody else would get it.
    case .barePostmaster: return policy.postmaster == nil && policy.domains.isEmpty
    case .foreign, .literal, .disguised: break
    }
    if situation.recipient != .foreign { return true }
    if situation.listener == .submission { return situation.identity == .anonymous }
    guard situation.listener == .internal, case .named(let name) = situation.client else {
      return true
    }
    return policy.networks.first { $0.name == name }?.relays != true
  }
}
