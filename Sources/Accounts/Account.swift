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

/// Why accounts can't be read or changed.
package enum AccountFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(path: String, why: String)
  case exists(String)
  case unknown(String)
  case badName(String)
  case badPassword

  /// One sentence with the remedy.
  package var description: String {
    switch self {
    case .unreadable(let path, let why):
      "can't use the accounts in \(path): \(why); restore the file from a copy, or move it away and "
        + "add the accounts anew"
    case .exists(let name): "there is an account \(name) already"
    case .unknown(let name): "there is no account \(name); kadomori user list shows them"
    case .badName(let name):
      "\"\(name)\" is no account name: 1 to 128 printable ASCII characters without blanks"
    case .badPassword: "a password has 8 to 1,024 octets of UTF-8 and no control characters"
    }
  }
}
