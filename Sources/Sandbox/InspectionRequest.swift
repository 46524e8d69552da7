package import Inspection
package import Mail

/// What the gate sends beside the message's file:
///
///     size u64, kind u8 (0: mail; 1: file, name text),
///     client text, HELO text, client's name text, sender u8 (0: none; 1: text),
///     recipients u16, each text, proofs u16, each name text, values u16, each text,
///     passwords u16, each text, a person gave them u8 (0 or 1), wants passwords u8 (0 or 1)
///
/// Texts that are empty stand for what is not known.
package struct InspectionRequest: Sendable {
  package let size: Int
  package let submission: Submission
  package let context: FactContext

  package init(size: Int, _ submission: Submission, _ context: FactContext = FactContext()) {
    self.size = size
    self.submission = submission
    self.context = context
  }

  /// Names come from files of people, addresses from strangers; more is cut.
  private static let textLimit = 1000
  /// Recipients and values of one proof that rules hear of.
  private static let listLimit = 1000

  package var octets: [UInt8] {
    var writer = FrameWriter()
    writer.put(UInt64(size))
    switch submission {
    case .mail: writer.put(UInt8(0))
    case .file(let name):
      writer.put(UInt8(1))
      writer.put(name, limit: Self.textLimit)
    }
    writer.put(context.clientAddress.map { "\($0)" } ?? "", limit: Self.textLimit)
    writer.put(context.helo ?? "", limit: Self.textLimit)
    writer.put(context.clientName ?? "", limit: Self.textLimit)
    writer.put(UInt8(context.mailFrom == nil ? 0 : 1))
    if let sender = context.mailFrom { writer.put(sender, limit: Self.textLimit) }
    Self.put(context.recipients, &writer)
    writer.put(UInt16(min(context.authentication.count, Self.listLimit)))
    for (name, values) in context.authentication.prefix(Self.listLimit) {
      writer.put(name, limit: Self.textLimit)
      Self.put(values, &writer)
    }
    Self.put(context.passwords, &writer)
    writer.put(UInt8(context.passwordsAreGiven ? 1 : 0))
    writer.put(UInt8(context.wantsPasswords ? 1 : 0))
    return writer.octets
  }

  private static func put(_ texts: [String], _ writer: inout FrameWriter) {
    writer.put(UInt16(min(texts.count, listLimit)))
    for text in texts.prefix(listLimit) { writer.put(text, limit: textLimit) }
  }

  package static func parse(_ octets: ArraySlice<UInt8>) throws(SyntaxError) -> InspectionRequest {
    var reader = FrameReader(octets)
    guard let size = Int(exactly: try reader.number(UInt64.self)) else {
      throw reader.wrong("a size")
    }
    var submission = Submission.mail
    if try reader.isGiven() { submission = .file(name: try reader.text(limit: textLimit)) }
    let context = try context(&reader)
    try reader.end()
    return InspectionRequest(size: size, submission, context)
  }

  private static func context(_ reader: inout FrameReader) throws(SyntaxError) -> FactContext {
    var context = FactContext()
    context.clientAddress = IPAddress(try reader.text(limit: textLimit))
    context.helo = known(try reader.text(limit: textLimit))
    context.clientName = known(try reader.text(limit: textLimit))
    if try reader.isGiven() { context.mailFrom = try reader.text(limit: textLimit) }
    context.recipients = try texts(&reader)
    for _ in 0..<(try reader.number(UInt16.self)) {
      let name = try reader.text(limit: textLimit)
      context.authentication[name] = try texts(&reader)
    }
    context.passwords = try texts(&reader)
    context.passwordsAreGiven = try reader.isGiven()
    context.wantsPasswords = try reader.isGiven()
    return context
  }

  private static func known(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func texts(_ reader: inout FrameReader) throws(SyntaxError) -> [String] {
    var texts: [String] = []
    for _ in 0..<(try reader.number(UInt16.self)) {
      texts.append(try reader.text(limit: textLimit))
    }
    return texts
  }
}
