// Which characters of a name deceive.
extension NameFacts {
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
      || scalar.value == 0x2029
  }

  /// Embeddings, overrides, isolates and marks (Unicode standard annex 9).
  static func turnsDirection(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
    default: false
    }
  }

  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200B...0x200D, 0x2060...0x2064, 0xFEFF, 0x00AD, 0x034F, 0x180E, 0x115F, 0x1160, 0x3164,
      0xFFA0, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    isControl(scalar) || turnsDirection(scalar) || isInvisible(scalar)
  }

  static func isHarmless(_ scalar: Unicode.Scalar) -> Bool { !isUnseen(scalar) }

  /// Blank on the screen, of whatever width.
  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20, 0x09, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000, 0x2800: true
    default: false
    }
  }

  static func longestBlank(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
    var (longest, run) = (0, 0)
    for scalar in scalars {
      run = isBlank(scalar) ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  static func trailingBlank(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
    scalars.reversed().prefix(while: isBlank).count
  }

  /// What stands behind the last separator, and before a NUL, where C ends.
  static func file(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let end = scalars.firstIndex { $0.value == 0 } ?? scalars.count
    let whole = scalars[..<end]
    let start = whole.lastIndex { $0 == "/" || $0 == "\\" }.map { $0 + 1 } ?? 0
    return Array(whole[start...])
  }

  /// Without trailing dots and blanks, as Windows stores it.
  static func trimmed(_ file: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var file = file[...]
    while let last = file.last, last == "." || isBlank(last) || isUnseen(last) { file.removeLast() }
    return Array(file)
  }

  private static let devices: Set<String> = [
    "con", "prn", "aux", "nul", "conin$", "conout$", "clock$",
  ]

  /// `NUL`, `COM1.txt`: no file on Windows, wherever it stands.
  static func isDevice(_ word: [Unicode.Scalar]) -> Bool {
    let stem = word.prefix { $0 != "." && $0 != ":" }.filter { !isBlank($0) }
    let name = String(String.UnicodeScalarView(stem)).lowercased()
    if devices.contains(name) { return true }
    guard name.hasPrefix("com") || name.hasPrefix("lpt") else { return false }
    let number = String(name.dropFirst(3))
    return ["1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"].contains(number)
  }
}
