/// A place in a file, counted from 1 as editors do; columns count characters.
package struct TOMLPosition: Hashable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package var description: String { "\(line):\(column)" }
}

/// A value of a TOML file, with the place of every key and value, so that whoever reads it can say
/// where something is wrong.
package indirect enum TOMLValue: Sendable {
  case string(String)
  case integer(Int64)
  case boolean(Bool)
  case array([TOMLNode])
  case table(TOMLTable)

  /// The kind in words, for messages.
  package var kind: String {
    switch self {
    case .string: "a text"
    case .integer: "a number"
    case .boolean: "true or false"
    case .array: "a list"
    case .table: "a table"
    }
  }
}

/// A value and where it stands.
package struct TOMLNode: Sendable {
  package let value: TOMLValue
  package let position: TOMLPosition
}

/// Keys in the order of the file.
package struct TOMLTable: Sendable {
  package struct Entry: Sendable {
    package let key: String
    package let keyPosition: TOMLPosition
    package var node: TOMLNode
    /// Whether `[[key]]` or `[key]` made it, so that more may be added.
    var isOpen: Bool
  }

  package private(set) var entries: [Entry] = []

  package subscript(key: String) -> TOMLNode? { entries.first { $0.key == key }?.node }

  func index(of key: String) -> Int? { entries.firstIndex { $0.key == key } }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  mutating func replace(_ index: Int, by value: TOMLValue) {
    let old = entries[index]
    entries[index].node = TOMLNode(value: value, position: old.node.position)
  }
}

/// What is wrong with a file, and where.
package struct TOMLError: Error, Hashable, Sendable {
  package let position: TOMLPosition
  /// A sentence without full stop: `expected "=" behind the key`.
  package let message: String

  package init(position: TOMLPosition, message: String) {
    self.position = position
    self.message = message
  }
}
