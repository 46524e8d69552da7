/// What is read otherwise than it was stored: octets in front, and places that are left out or replaced.
///
/// A body is fixed when its first octet comes, long before anybody knows what will be said of it
/// (Authentication-Results, a signature, a mark) or taken from it (a forged field, an attachment). So
/// the body stays as it came and this stands beside it, durable with the message's record: every reader
/// of the body applies it, piece by piece. Places count from the stored body's beginning.
package struct Amendment: Hashable, Sendable {
  /// Fields or attachments taken out of one message; a forger with more of them is refused.
  package static let editLimit = 2_000
  /// Octets put in, which stand in memory with the message while it waits.
  package static let addedLimit = 256 * 1024

  /// A place of the stored body and what is read there: nothing, where it is left out. An empty place
  /// takes the octets in before it.
  package struct Edit: Hashable, Sendable {
    package let range: Range<Int>
    package let replacement: [UInt8]

    package init(_ range: Range<Int>, with replacement: [UInt8] = []) {
      self.range = range
      self.replacement = replacement
    }
  }

  /// Comes before the stored body.
  package let front: [UInt8]
  /// In their order, none reaching into the next.
  package let edits: [Edit]

  package static let none = Amendment()

  private init() { (front, edits) = ([], []) }

  /// Nil for edits that overlap, or more than the bounds allow. Edits may come in any order; two at one
  /// empty place keep theirs.
  package init?(front: [UInt8] = [], edits: [Edit] = []) {
    let sorted = edits.enumerated().sorted {
      ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
        < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
    }.map(\.element)
    guard sorted.count <= Self.editLimit,
      Self.added(front, sorted) <= Self.addedLimit,
      sorted.allSatisfy({ $0.range.lowerBound >= 0 }),
      zip(sorted, sorted.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound })
    else { return nil }
    self.front = front
    self.edits = sorted
  }

  package var isEmpty: Bool { front.isEmpty && edits.isEmpty }

  /// Octets that it puts in.
  package var added: Int { Self.added(front, edits) }

  private static func added(_ front: [UInt8], _ edits: [Edit]) -> Int {
    edits.reduce(front.count) { $0 + $1.replacement.count }
  }

  /// How much longer the message is for it; negative where it is shorter.
  package var growth: Int {
    edits.reduce(added) { $0 - $1.range.count }
  }

  /// Whether it speaks only of places that a body of so many octets has.
  package func fits(_ size: Int) -> Bool { (edits.last?.range.upperBound ?? 0) <= size }

  /// A short body as it is read.
  package func applied(to body: [UInt8]) -> [UInt8] {
    guard !isEmpty else { return body }
    var reading = AmendedReading(self)
    return reading.take(body) + reading.end()
  }
}

extension RecordWriter {
  mutating func write(_ amendment: Amendment) {
    octets(amendment.front)
    list(amendment.edits) { writer, edit in
      writer.number(edit.range.lowerBound)
      writer.number(edit.range.count)
      writer.octets(edit.replacement)
    }
  }
}

extension RecordReader {
  mutating func amendment() throws(RecordDamage) -> Amendment {
    let front = try octets()
    let edits = try list { (r) throws(RecordDamage) in try r.edit() }
    guard let amendment = Amendment(front: front, edits: edits) else { throw RecordDamage() }
    return amendment
  }

  private mutating func edit() throws(RecordDamage) -> Amendment.Edit {
    let start = try number()
    let length = try number()
    // Far below what could overflow an addition.
    guard start <= 1 << 48, length <= 1 << 48 else { throw RecordDamage() }
    return Amendment.Edit(Int(start)..<Int(start + length), with: try octets())
  }
}
