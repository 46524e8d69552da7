package import Mail

/// Somebody who may log in.
package struct Account: Hashable, Sendable {
  /// The login name: lower case, printable ASCII without blanks, 1 to 128 octets. Often an address.
  package let name: String
  /// As whom the account may send.
  package let addresses: [Mailbox]
  /// Groups of the settings that it belongs to.
  package let groups: [String]
  package let isDisabled: Bool

  package init(
    name: String, addresses: [Mailbox], groups: [String] = [], isDisabled: Bool = false
  ) {
    self.name = name.lowercased()
    self.addresses = addresses
    self.groups = groups
    self.isDisabled = isDisabled
  }

  /// Octets of a name.
  static let nameLimit = 128

  static func isName(_ name: String) -> Bool {
    (1...nameLimit).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
