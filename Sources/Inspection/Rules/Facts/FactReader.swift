import Documents
package import Mail

/// Reads a message's facts: only those that somebody asks for, since most of the work is in the texts.
package struct FactReader {
  let message: Message
  let context: FactContext
  private let wanted: Set<FactName>
  var book: FactBook

  /// Texts of one leaf that are read, and leaves.
  private static let leafLimit = 200

  private init(_ message: Message, _ context: FactContext, _ wanted: Set<FactName>) {
    self.message = message
    self.context = context
    self.wanted = wanted
    book = FactBook(wanted: wanted)
  }

  package static func read(
    _ message: Message, _ context: FactContext, wanted: Set<FactName>
  ) -> FactBook {
    var reader = FactReader(message, context, wanted)
    reader.read()
    return reader.book
  }

  /// Every fact; for people who write rules.
  package static func readAll(_ message: Message, _ context: FactContext) -> FactBook {
    let names = FactName.declared.map(\.name) + ["header.from", "header.date", "header.message-id"]
    return read(message, context, wanted: Set(names.compactMap { FactName($0) }))
  }

  private func wants(_ prefixes: String...) -> Bool {
    wanted.contains { fact in prefixes.contains { fact.text.hasPrefix($0) } }
  }

  private mutating func read() {
    readHeader()
    if wants("from", "sender", "reply_to", "to.") { readAddresses() }
    if wants("envelope", "client", "auth", "finding") { readContext() }
    if wants("body", "link", "form", "image", "charset") { readTexts() }
    if wants("attachment", "part", "defect", "ambiguity", "size") { readStructure() }
  }

  // MARK: Header

  var root: Reading { message.root.readings[0] }

  private mutating func readHeader() {
    for fact in wanted where fact.text.hasPrefix(FactName.headerPrefix) {
      let name = String(fact.text.dropFirst(FactName.headerPrefix.count))
      book.set(fact.text, fields(name))
    }
    if wants("subject") { book.set("subject", fields("subject")) }
    if wants("received") {
      book.set("received.count", Double(root.header.count(of: "Received")))
    }
  }

  private func fields(_ name: String) -> [FactText] {
    root.header.all(name).prefix(FactBook.textLimit).map {
      FactText(message.text($0, of: root), place: root.run == 0 ? $0.value : nil)
    }
  }

  // MARK: Context

  private mutating func readContext() {
    book.set("client.ip", context.clientAddress.map { ["\($0)"] } ?? [])
    book.set("client.helo", [context.helo ?? ""])
    book.set("client.name", [context.clientName ?? ""])
    for (name, words) in context.authentication { book.set(name, words) }
    book.set("finding", context.findings)
    if let from = context.mailFrom {
      book.set("envelope.from", [from])
      let domains = domains([from])
      book.set("envelope.from.domain", domains)
      book.set("envelope.from.organization", context.organizations(domains))
    }
    book.set("envelope.to", context.recipients)
    book.set("envelope.to.domain", domains(context.recipients))
  }

  /// Behind the last `@`, as the DNS spells it where it can.
  func domains(_ addresses: [String]) -> [String] {
    addresses.compactMap { address in
      guard let mark = address.utf8.lastIndex(of: 0x40) else { return nil }
      let text = String(address[address.utf8.index(after: mark)...])
      return Domain(text)?.ascii ?? text.lowercased()
    }
  }

  // MARK: Structure

  private mutating func readStructure() {
    book.set("size", Double(message.runs[0].count))
    book.set("part.count", Double(message.parts.count))
    book.set("part.depth", Double(message.parts.map(\.depth).max() ?? 0))
    book.set("defect", message.defects.map(\.kind.rawValue))
    let readings = message.parts.flatMap(\.readings)
    book.set("ambiguity", readings.compactMap(\.ambiguity?.rawValue))
    book.set(
      "attachment.type", readings.map { "\($0.contentType.type)/\($0.contentType.subtype)" })
    let leaves = message.leaves.map(\.reading)
    let own = leaves.prefix(FactBook.textLimit).flatMap { message.names(of: $0) }
    let names = own + context.attachments.map(\.name)
    book.set("attachment.name", names)
    book.set("attachment.extension", names.compactMap(Self.lastExtension))
    book.set("attachment.kind", context.attachments.flatMap(\.kinds))
    let attached = leaves.count { $0.ambiguity == nil && !$0.contentType.isText }
    book.set("attachment.count", Double(attached))
  }

  private static func lastExtension(_ name: String) -> String? {
    guard let dot = name.utf8.lastIndex(of: 0x2E) else { return nil }
    let end = name[name.utf8.index(after: dot)...]
    return (1...20).contains(end.utf8.count) ? end.lowercased() : nil
  }

  // MARK: Texts

  private mutating func readTexts() {
    var texts = TextFacts(context)
    for (_, reading) in message.leaves.prefix(Self.leafLimit) where mayBeText(reading) {
      let decoded = message.text(of: reading)
      if CalendarText.isCalendar(Array(decoded.text.utf8.prefix(Self.peek))) {
        texts.add(calendar: decoded)
      } else if reading.contentType.isText {
        texts.add(decoded, isMarkup: ["html", "x-amp-html"].contains(reading.contentType.subtype))
      }
    }
    texts.fill(&book)
  }

  /// Octets that tell a calendar.
  private static let peek = 64

  /// Calendars come as files of other types as well.
  private func mayBeText(_ reading: Reading) -> Bool {
    let type = reading.contentType
    if type.isText || type.subtype == "ics" || type.subtype.contains("calendar") { return true }
    return message.names(of: reading).contains { name in
      ["ics", "vcs", "ical"].contains(Self.lastExtension(name))
    }
  }
}
