/// Characters that look like those of a suffix: dots and Latin letters in other scripts and widths.
enum Lookalikes {
  static func isDot(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Full-width, ideographic and small full stops, one dot leader, Arabic and Syriac stops, Lisu.
    case 0xFF0E, 0x3002, 0xFF61, 0xFE52, 0x2024, 0x06D4, 0x0701, 0x0702, 0xA4F8, 0xA60E, 0x0660:
      true
    default: false
    }
  }

  /// The ASCII character that is seen; the character itself where none is.
  static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII { return scalar }
    if isDot(scalar) { return "." }
    switch scalar.value {
    case 0xFF01...0xFF5E: return Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
    // Mathematical letters: thirteen alphabets of 52.
    case 0x1D400...0x1D6A3: return letter(Int(scalar.value - 0x1D400) % 52)
    // Circled small and capital letters.
    case 0x24D0...0x24E9: return letter(Int(scalar.value - 0x24D0) + 26)
    case 0x24B6...0x24CF: return letter(Int(scalar.value - 0x24B6))
    default: return letters[scalar] ?? scalar
    }
  }

  private static func letter(_ index: Int) -> Unicode.Scalar {
    Unicode.Scalar(UInt8(index < 26 ? 0x41 + index : 0x61 + index - 26))
  }

  /// From the Unicode consortium's confusables: what a suffix may be written with.
  private static let letters: [Unicode.Scalar: Unicode.Scalar] = [
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j",
    "ѕ": "s",
    "һ": "h", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ѵ": "v", "м": "m", "т": "t", "к": "k", "в": "b",
    "н": "h",
    "А": "A", "Е": "E", "О": "O", "Р": "P", "С": "C", "У": "Y", "Х": "X", "І": "I", "Ј": "J",
    "Ѕ": "S",
    "В": "B", "Н": "H", "К": "K", "М": "M", "Т": "T", "Ѵ": "V",
    "α": "a", "ο": "o", "ρ": "p", "ν": "v", "χ": "x", "ι": "i", "κ": "k", "τ": "t", "υ": "u",
    "ε": "e",
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N",
    "Ο": "O",
    "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X",
    "ⅼ": "l", "ⅽ": "c", "ⅾ": "d", "ⅿ": "m", "ⅹ": "x", "ⅴ": "v", "ⅰ": "i", "ℓ": "l", "ℯ": "e",
    "ℴ": "o",
    "ɑ": "a", "ı": "i", "ȷ": "j", "ƽ": "s", "ᴄ": "c", "ᴏ": "o", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z",
    "ꜱ": "s",
    "օ": "o", "ո": "n", "ս": "u", "հ": "h", "զ": "q", "é": "e", "è": "e", "ė": "e", "ẹ": "e",
  ]
}
