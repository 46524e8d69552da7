/// A message as people and other programs look at it: the tree with its readings, names, sizes, places
/// and defects. Everything here is derived; it is what `kadomori message show` prints.
package struct MessageDescription: Codable, Sendable {
  package let size: Int
  package let isIncomplete: Bool
  /// The message itself, and every part below it.
  package let root: Node
  /// Of the whole message, those that decoding finds included.
  package let defects: [Defect]

  /// One part.
  package struct Node: Codable, Sendable {
    package let place: Place
    package let readings: [View]
  }

  /// One reading of a part.
  package struct View: Codable, Sendable {
    /// Nil for the first reading.
    package let ambiguity: Ambiguity?
    package let type: String
    package let encoding: String
    package let disposition: String?
    /// Every name that may be shown, the likeliest first.
    package let names: [String]
    package let header: Envelope?
    package let body: Place
    package let leaf: Leaf?
    package let preamble: Place?
    package let epilogue: Place?
    package let children: [Node]
    package let isUnread: Bool
  }

  /// The fields of a message that people see.
  package struct Envelope: Codable, Sendable {
    package let from: String?
    package let to: String?
    package let subject: String?
    package let date: String?
    package let messageID: String?
  }

  /// What stands in a leaf when it is decoded.
  package struct Leaf: Codable, Sendable {
    package let size: Int
    /// Sizes of what other decoders yield.
    package let otherSizes: [Int]
    /// The charset that the text was read in, and whether it was guessed; nil for what is no text.
    package let charset: String?
    package let isCharsetGuessed: Bool?
    package let malformedCount: Int?
    /// Files within the text or the TNEF container.
    package let files: [File]
  }

  /// A file that no part announces.
  package struct File: Codable, Sendable {
    package let coding: String
    package let name: String
    package let size: Int
  }
}
