// The description as text: one line a part, indented by depth, and the defects below.
extension MessageDescription {
  /// Nothing in it can move a terminal's cursor or turn its writing direction.
  package var text: String {
    var lines = Self.lines(root, "1", indent: 0)
    lines.append("")
    lines.append(defects.isEmpty ? "No defects." : "Defects:")
    for defect in defects { lines.append("  \(defect.kind.rawValue) at \(defect.place)") }
    if isIncomplete { lines.append("Part of the message was left unread at a limit.") }
    return lines.map(Self.showable).joined(separator: "\n") + "\n"
  }

  private static func lines(_ node: Node, _ path: String, indent: Int) -> [String] {
    node.readings.enumerated().flatMap { index, view -> [String] in
      let margin = String(repeating: "  ", count: indent)
      let mark = view.ambiguity.map { " [or read as: \($0.rawValue)]" } ?? ""
      var lines = ["\(margin)\(path) \(summary(view))\(mark)"]
      if index == 0, let header = view.header { lines += envelope(header, margin + "    ") }
      if let leaf = view.leaf { lines += details(leaf, margin + "    ") }
      for (number, child) in view.children.enumerated() {
        lines += Self.lines(child, "\(path).\(number + 1)", indent: indent + 1)
      }
      return lines
    }
  }

  private static func summary(_ view: View) -> String {
    var words = [view.type.isEmpty ? "(no type)" : view.type, view.encoding]
    if let disposition = view.disposition { words.append(disposition) }
    if let leaf = view.leaf { words.append("\(leaf.size) octets") }
    words.append("at \(view.body)")
    if !view.names.isEmpty {
      words.append("named " + view.names.map { "\"\($0)\"" }.joined(separator: " or "))
    }
    if view.isUnread { words.append("left unread") }
    return words.joined(separator: ", ")
  }

  private static func envelope(_ header: Envelope, _ margin: String) -> [String] {
    let fields = [
      ("From", header.from), ("To", header.to), ("Subject", header.subject), ("Date", header.date),
    ]
    return fields.compactMap { name, value in value.map { "\(margin)\(name): \($0)" } }
  }

  private static func details(_ leaf: Leaf, _ margin: String) -> [String] {
    var lines: [String] = []
    if let charset = leaf.charset {
      let guess = leaf.isCharsetGuessed == true ? " (guessed)" : ""
      let malformed = leaf.malformedCount ?? 0
      lines.append(
        "\(margin)text in \(charset)\(guess)"
          + (malformed > 0 ? ", \(malformed) malformed sequences" : ""))
    }
    if !leaf.otherSizes.isEmpty {
      let sizes = leaf.otherSizes.map(String.init).joined(separator: ", ")
      lines.append("\(margin)other decoders yield \(sizes) octets")
    }
    return lines
      + leaf.files.map { "\(margin)holds \($0.coding) file \"\($0.name)\", \($0.size) octets" }
  }

  /// Controls, bidirectional marks and line separators become `\u{…}`.
  private static func showable(_ line: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format:
        output.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: output.append(scalar)
      }
    }
    return String(output)
  }
}
