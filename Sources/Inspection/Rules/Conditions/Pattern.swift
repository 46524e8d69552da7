package import Mail

/// A regular expression that takes time linear in the text, whatever the text: no backtracking, no
/// captures, no references (Thompson's construction, run as Pike does).
///
///     pattern  = branch *( "|" branch )
///     branch   = *( atom [ "*" / "+" / "?" / "{" min [ "," [max] ] "}" ] )
///     atom     = letter / "." / "[" class "]" / "(" pattern ")" / "^" / "$" / "\b"
///              / "\d" / "\w" / "\s" / "\" mark
///
/// Letters compare folded, as the text does.
package struct Pattern: Hashable, Sendable {
  /// One step of the machine.
  enum Step: Hashable, Sendable {
    case letters(LetterSet)
    case split(Int, Int)
    case jump(Int)
    case start, end, wordEdge
    case match
  }

  /// Steps of one pattern: `{m,n}` repeats its atom's.
  package static let stepLimit = 2000
  /// Octets of a pattern, and how deep its brackets go.
  package static let sizeLimit = 2000
  package static let depthLimit = 20

  let steps: [Step]
  /// Octets that each match holds; empty when there are none for certain. Texts without them need no
  /// machine.
  let needle: [UInt8]
  package let text: String

  package init(_ text: String) throws(PatternFault) {
    self.text = text
    var parser = PatternParser(text)
    let node = try parser.parse()
    var compiler = PatternCompiler()
    try compiler.compile(node)
    steps = compiler.steps + [.match]
    needle = node.needle
  }

  /// Whether it matches anywhere in `text`, which is folded UTF-8. Each letter costs at most one look at
  /// each step; `work` is told them.
  func matches(_ text: [UInt8], work: inout Int) -> Bool {
    if !needle.isEmpty {
      work += text.count / 16
      guard text.firstPlace(of: needle) != nil else { return false }
    }
    var machine = PatternMachine(steps)
    let found = machine.run(text)
    work += machine.work
    return found
  }

  package func matches(_ text: FoldedText) -> Bool {
    var work = 0
    return matches(text.octets, work: &work)
  }
}

/// What is wrong with a pattern, and at which of its characters.
package struct PatternFault: Error, Hashable, Sendable {
  package let message: String
  package let offset: Int
}

/// Which letters fit one place of a pattern.
struct LetterSet: Hashable, Sendable {
  var ranges: [ClosedRange<UInt32>]
  var isInverted = false

  static let any = LetterSet(ranges: [], isInverted: true)
  static let digits = LetterSet(ranges: [0x30...0x39])
  static let word = LetterSet(ranges: [0x30...0x39, 0x5F...0x5F, 0x61...0x7A])
  static let blanks = LetterSet(ranges: [0x09...0x0D, 0x20...0x20, 0x3000...0x3000])

  func contains(_ letter: UInt32) -> Bool {
    ranges.contains { $0.contains(letter) } != isInverted
  }
}

/// Runs a pattern's steps over a text, all threads side by side.
struct PatternMachine {
  private let steps: [Pattern.Step]
  private var current: [Int] = []
  private var next: [Int] = []
  /// In which round a step was last entered, so that no step is entered twice.
  private var seen: [Int]
  private var round = 0
  private(set) var work = 0

  init(_ steps: [Pattern.Step]) {
    self.steps = steps
    seen = [Int](repeating: 0, count: steps.count)
  }

  mutating func run(_ text: [UInt8]) -> Bool {
    var (at, before): (Int, UInt32?) = (0, nil)
    while true {
      let (letter, length) = Self.letter(text, at)
      round += 1
      next.removeAll(keepingCapacity: true)
      var hasMatched = false
      // A match may begin at each letter.
      for step in current + [0] where enter(step, before, letter) { hasMatched = true }
      if hasMatched { return true }
      guard let letter else { return false }
      swap(&current, &next)
      advance(letter)
      (at, before) = (at + length, letter)
    }
  }

  /// Follows a step that takes no letter; true when the pattern's end is reached.
  private mutating func enter(_ first: Int, _ before: UInt32?, _ after: UInt32?) -> Bool {
    var open = [first]
    while let step = open.popLast() {
      work += 1
      guard seen[step] != round else { continue }
      seen[step] = round
      switch steps[step] {
      case .match: return true
      case .letters: next.append(step)
      case .jump(let place): open.append(place)
      case .split(let one, let other): open += [other, one]
      case .start: if before == nil { open.append(step + 1) }
      case .end: if after == nil { open.append(step + 1) }
      case .wordEdge: if Self.isWord(before) != Self.isWord(after) { open.append(step + 1) }
      }
    }
    return false
  }

  /// Leaves in `current` the steps behind those that take the letter.
  private mutating func advance(_ letter: UInt32) {
    var kept = 0
    for step in current {
      work += 1
      if case .letters(let set) = steps[step], set.contains(letter) {
        current[kept] = step + 1
        kept += 1
      }
    }
    current.removeLast(current.count - kept)
  }

  private static func isWord(_ letter: UInt32?) -> Bool {
    letter.map { LetterSet.word.contains($0) } ?? false
  }

  /// The letter at `at` of valid UTF-8, and its octets; what is not valid counts octet by octet.
  private static func letter(_ text: [UInt8], _ at: Int) -> (UInt32?, Int) {
    guard at < text.count else { return (nil, 0) }
    let first = UInt32(text[at])
    let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length > 1, at + length <= text.count else { return (first, 1) }
    let mask: UInt32 = length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07
    let letter = text[(at + 1)..<(at + length)].reduce(first & mask) {
      $0 << 6 | UInt32($1 & 0x3F)
    }
    return (letter, length)
  }
}
