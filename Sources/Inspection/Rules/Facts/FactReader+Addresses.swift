import Mail

// Who the message says it is from and for.
extension FactReader {
  mutating func readAddresses() {
    let from = mailboxes("from")
    readMailboxes(from, "from")
    book.set("from.name", names(from), place: place("from"))
    let shown = from.compactMap(\.name).flatMap { LinkFinder.links(in: $0) }
    let domains = shown.compactMap { link -> String? in
      link.address?.scheme == "mailto" ? self.domains([link.text]).first : nil
    }
    book.set("from.name.domain", domains, place: place("from"))
    book.set("from.name.organization", context.organizations(domains), place: place("from"))
    readMailboxes(mailboxes("sender"), "sender")
    readMailboxes(mailboxes("reply-to"), "reply_to", field: "reply-to")
    let to = mailboxes("to") + mailboxes("cc")
    book.set("to.address", to.compactMap(\.address))
    book.set("to.domain", self.domains(to.compactMap(\.address)))
    book.set("to.name", names(to))
  }

  private func names(_ mailboxes: [HeaderAddress]) -> [String] { mailboxes.compactMap(\.name) }

  private mutating func readMailboxes(
    _ mailboxes: [HeaderAddress], _ fact: String, field: String? = nil
  ) {
    let place = place(field ?? fact)
    let domains = domains(mailboxes.compactMap(\.address))
    book.set("\(fact).address", mailboxes.compactMap(\.address), place: place)
    book.set("\(fact).domain", domains, place: place)
    book.set("\(fact).organization", context.organizations(domains), place: place)
  }

  /// Every mailbox of every field of that name.
  private func mailboxes(_ name: String) -> [HeaderAddress] {
    let fields = root.header.fields.filter { root.header.name($0).lowercased() == name }
    return fields.prefix(10).flatMap { field in
      AddressList(message.runs[root.run], in: field.value).mailboxes.prefix(FactBook.textLimit)
    }
  }

  private func place(_ name: String) -> Range<Int>? {
    guard root.run == 0 else { return nil }
    return root.header.fields.first { root.header.name($0).lowercased() == name }?.value
  }
}
