package import Mail
package import SMTP

/// Reduces concrete sessions and addresses to the classes of the relay table.
package struct Classifier: Sendable {
  private let policy: RelayPolicy

  package init(policy: RelayPolicy) { self.policy = policy }

  package func client(_ address: IPAddress) -> ClientClass {
    if let network = policy.network(of: address) { return .named(network.name) }
    if address.isLoopback { return .loopback }
    return address.isPrivate ? .unnamedPrivate : .public
  }

  /// `accountAddresses` are those of the authenticated account, empty for a stranger.
  package func sender(_ path: ReversePath, accountAddresses: Set<Mailbox>) -> SenderClass {
    guard let mailbox = path.mailbox else { return .null }
    if accountAddresses.contains(where: { $0.isSame(as: mailbox) }) { return .accountAddress }
    return mailbox.domain.flatMap(policy.ownDomain) == nil ? .foreign : .ownDomain
  }

  package func recipient(_ path: ForwardPath) -> RecipientClass {
    // A bare <Postmaster> is always ours (RFC 5321 §4.5.1).
    guard let mailbox = path.mailbox else { return .ownUser }
    if !path.sourceRoute.isEmpty { return .disguised }
    guard let domain = mailbox.domain else { return .literal }
    guard let own = policy.ownDomain(domain) else { return .foreign }
    return recipient(localPart: mailbox.localPart.lowercased(), of: own)
  }

  private func recipient(localPart: String, of own: OwnDomain) -> RecipientClass {
    // Every domain has a postmaster (RFC 5321 §4.5.1).
    if localPart == "postmaster" { return .ownUser }
    let isDisguised = localPart.unicodeScalars.contains { "@%!".unicodeScalars.contains($0) }
    switch own.recipients {
    case .any, .ask: return isDisguised ? .disguised : .ownUser
    case .list(let names):
      // Who is listed by that very name is a user, however odd the name looks.
      if names.contains(localPart) { return .ownUser }
      if isDisguised { return .disguised }
      let bare = localPart.prefix { $0 != "+" }
      return names.contains(String(bare)) ? .ownUser : .unknownUser
    }
  }
}

extension Mailbox {
  /// Equal but for the local part's case, which no server of today tells apart.
  package func isSame(as other: Mailbox) -> Bool {
    host == other.host && localPart.lowercased() == other.localPart.lowercased()
  }
}
