/// One mailbox of an address field, as it is written and as it can be used.
package struct HeaderAddress: Hashable, Sendable {
  /// The display name, or the comment that stands for one (RFC 5322 §A.5), decoded.
  package let name: String?
  /// `local@domain` as written, comments and white space removed; nil when there is only a name.
  package let address: String?
  /// The address if SMTP could use it.
  package let mailbox: Mailbox?
  /// Where it stands in the field's bytes.
  package let range: Range<Int>
}

/// What an address field lists (RFC 5322 §3.4).
package enum AddressEntry: Hashable, Sendable {
  case mailbox(HeaderAddress)
  case group(name: String, members: [HeaderAddress])
}

/// The addresses of a field and what was wrong with it.
package struct AddressList: Sendable {
  package private(set) var entries: [AddressEntry] = []
  package private(set) var flaws: [DecodedBody.Flaw] = []

  /// Every mailbox, those in groups too.
  package var mailboxes: [HeaderAddress] {
    entries.flatMap { entry in
      switch entry {
      case .mailbox(let mailbox): [mailbox]
      case .group(_, let members): members
      }
    }
  }

  /// Reads a field's value.
  package init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

  package init(_ bytes: [UInt8], in range: Range<Int>) {
    var reader = AddressReader(bytes, range)
    reader.read()
    entries = reader.entries
    flaws = reader.flaws
  }
}
