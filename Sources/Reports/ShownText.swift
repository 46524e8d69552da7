/// A stranger's words as a person may see them: one line, no controls, no directions, not too long.
struct ShownText: CustomStringConvertible {
  let description: String

  init(_ text: String, limit: Int = 60) {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: shown.append("?")
      default: shown.append(scalar)
      }
    }
    description = String(shown) + (text.unicodeScalars.count > limit ? "..." : "")
  }
}

extension [String] {
  /// The first few lines, and how many there are besides.
  func firstLines(_ count: Int) -> [String] {
    self.count <= count ? self : prefix(count - 1) + ["  ... \(self.count - count + 1) more"]
  }
}
