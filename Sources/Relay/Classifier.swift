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
    guard let mailbox = path.mailbox else { return .barePostmaster }
    if !path.sourceRoute.isEmpty { return .disguised }
    guard let domain = mailbox.domain else { return .literal }
    guard let own = policy.ownDomain(domain) else { return .foreign }
    return recipient(localPart: mailbox.localPart.lowercased(), of: own)
  }

  /// `@`, `%`, `!` and what compatibility mapping (NFKC), which a server behind us may apply, makes one
  /// of them: full-width, small and vertical forms, and the double marks.
  private static let routeSigns: Set<UInt32> = [
    0x40, 0xFF20, 0xFE6B, 0x25, 0xFF05, 0xFE6A, 0x21, 0xFF01, 0xFE57, 0xFE15, 0x203C, 0x2048,
    0x2049,
  ]

  private func recipient(localPart: String, of own: OwnDomain) -> RecipientClass {
    // Every domain has a postmaster (RFC 5321 §4.5.1).
    if localPart == "postmaster" { return .ownUser }
    let isDisguised = localPart.unicodeScalars.contains { Self.routeSigns.contains($0.value) }
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
