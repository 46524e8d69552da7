/// Text with macros in it (RFC 7208 §7.1), read once: which name a term means, or what a refused sender
/// is told.
///
///     macro-string = *( macro-expand / macro-literal )
///     macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
///     transformers = *DIGIT [ "r" ]
///     delimiter    = "." / "-" / "+" / "," / "/" / "_" / "="
package struct SPFMacroText: Hashable, Sendable {
  /// What a macro stands for (RFC 7208 §7.2).
  enum Letter: UInt8, Sendable {
    case sender = 0x73
    case localPart = 0x6C
    case senderDomain = 0x6F
    case domain = 0x64
    case address = 0x69
    case validatedName = 0x70
    case family = 0x76
    case helo = 0x68
    case readableAddress = 0x63
    case receiver = 0x72
    case time = 0x74
  }

  /// One `%{…}`.
  struct Macro: Hashable, Sendable {
    let letter: Letter
    /// An upper-case letter: the value is escaped as part of a URL.
    let isEscaped: Bool
    /// How many parts from the right; nil for all.
    let parts: Int?
    let isReversed: Bool
    /// Empty for the dot alone, which then splits only if a transformer wants it.
    let delimiters: [UInt8]
  }

  /// What it consists of.
  enum Piece: Hashable, Sendable {
    case literal([UInt8])
    case macro(Macro)
  }

  /// Where a text stands, which decides what it may hold.
  enum Place: Sendable {
    /// `domain-spec`: no blanks, no macros that only people read, an end as §7.1 wants it.
    case domain
    /// Behind the `=` of a modifier that nobody knows.
    case modifier
    /// `explain-string`: what an `exp=` leads to.
    case explanation
  }

  let pieces: [Piece]

  /// Whether the client's name must be known before it is expanded.
  var needsValidatedName: Bool {
    pieces.contains {
      if case .macro(let macro) = $0 { macro.letter == .validatedName } else { false }
    }
  }
}
