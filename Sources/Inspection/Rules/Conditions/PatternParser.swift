import Mail

/// A pattern as a tree.
indirect enum PatternNode {
  case letters(LetterSet)
  case start, end, wordEdge
  case sequence([PatternNode])
  case either([PatternNode])
  case repeated(PatternNode, least: Int, most: Int?)

  /// The longest run of certain letters, as UTF-8.
  var needle: [UInt8] {
    switch self {
    case .letters(let set): Self.only(set).map { Array(String($0).utf8) } ?? []
    case .start, .end, .wordEdge, .either: []
    case .repeated(let inner, let least, _): least > 0 ? inner.needle : []
    case .sequence(let nodes):
      nodes.reduce(into: (best: [UInt8](), run: [UInt8]())) { found, node in
        if case .letters(let set) = node, let letter = Self.only(set) {
          found.run += Array(String(letter).utf8)
        } else {
          found.run = []
          let inner = node.needle
          if inner.count > found.best.count { found.best = inner }
        }
        if found.run.count > found.best.count { found.best = found.run }
      }.best
    }
  }

  private static func only(_ set: LetterSet) -> Unicode.Scalar? {
    guard !set.isInverted, set.ranges.count == 1, let range = set.ranges.first, range.count == 1
    else { return nil }
    return Unicode.Scalar(range.lowerBound)
  }
}

/// Reads a pattern; `Pattern` has the grammar.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var depth = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var current: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private func wrong(_ message: String) -> PatternFault {
    PatternFault(message: message, offset: at)
  }

  mutating func parse() throws(PatternFault) -> PatternNode {
    guard scalars.count <= Pattern.sizeLimit else { throw wrong("the pattern is too long") }
    let node = try either()
    guard at == scalars.count else { throw wrong("\")\" closes nothing") }
    return node
  }

  private mutating func either() throws(PatternFault) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Pattern.depthLimit else { throw wrong("brackets are nested too deeply") }
    var branches = [try branch()]
    while current == "|" {
      at += 1
      branches.append(try branch())
    }
    return branches.count == 1 ? branches[0] : .either(branches)
  }

  private mutating func branch() throws(PatternFault) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      nodes += try atom()
      if let last = nodes.popLast() { nodes.append(try repetition(of: last)) }
    }
    return .sequence(nodes)
  }

  /// One atom; a letter that folds to several is a sequence of them.
  private mutating func atom() throws(PatternFault) -> [PatternNode] {
    guard let scalar = current else { throw wrong("expected a letter") }
    at += 1
    switch scalar {
    case ".": return [.letters(.any)]
    case "^": return [.start]
    case "$": return [.end]
    case "(":
      // `(?:` is `(`, since nothing is captured.
      if current == "?", at + 1 < scalars.count, scalars[at + 1] == ":" { at += 2 }
      let inner = try either()
      guard current == ")" else { throw wrong("expected \")\"") }
      at += 1
      return [inner]
    case "[": return [.letters(try letterClass())]
    case "*", "+", "?", "{": throw wrong("\"\(scalar)\" repeats nothing")
    case "\\": return try escape()
    default: return Self.folded(scalar).map { .letters(LetterSet(ranges: [$0...$0])) }
    }
  }

  private static func folded(_ scalar: Unicode.Scalar) -> [UInt32] {
    if scalar == " " { return [0x20] }
    let folded = String(decoding: FoldedText(String(scalar)).octets, as: UTF8.self)
    return folded.unicodeScalars.map(\.value)
  }

  private mutating func escape() throws(PatternFault) -> [PatternNode] {
    guard let scalar = current else { throw wrong("\"\\\" stands at the end") }
    if scalar == "b" {
      at += 1
      return [.wordEdge]
    }
    if let set = Self.named(scalar) {
      at += 1
      return [.letters(set)]
    }
    guard !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else {
      throw wrong("\"\\\(scalar)\" means nothing")
    }
    at += 1
    return [.letters(LetterSet(ranges: [scalar.value...scalar.value]))]
  }

  private static func named(_ scalar: Unicode.Scalar) -> LetterSet? {
    switch scalar {
    case "d": .digits
    case "w": .word
    case "s": .blanks
    default: nil
    }
  }

  /// `[a-z0-9]`, `[^"]`.
  private mutating func letterClass() throws(PatternFault) -> LetterSet {
    var set = LetterSet(ranges: [])
    if current == "^" {
      set.isInverted = true
      at += 1
    }
    var isFirst = true
    while let scalar = current, scalar != "]" || isFirst {
      isFirst = false
      at += 1
      if scalar == "\\", let named = current.flatMap(Self.named) {
        at += 1
        set.ranges += named.ranges
        continue
      }
      let low = try scalar == "\\" ? classEscape() : scalar
      let high = try rangeEnd() ?? low
      guard low.value <= high.value else { throw wrong("a range runs backwards") }
      set.ranges += Self.foldedRange(low, high)
    }
    guard current == "]" else { throw wrong("expected \"]\"") }
    at += 1
    return set
  }

  private mutating func classEscape() throws(PatternFault) -> Unicode.Scalar {
    guard let scalar = current else { throw wrong("\"\\\" stands at the end") }
    at += 1
    return scalar
  }

  private mutating func rangeEnd() throws(PatternFault) -> Unicode.Scalar? {
    guard current == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else { return nil }
    at += 2
    return scalars[at - 1] == "\\" ? try classEscape() : scalars[at - 1]
  }

  /// Both cases of ASCII letters are the small ones; one letter is what it folds to, if that is one.
  private static func foldedRange(
    _ low: Unicode.Scalar, _ high: Unicode.Scalar
  ) -> [ClosedRange<UInt32>] {
    var ranges = [low.value...high.value]
    let capitals = max(low.value, 0x41)...max(max(low.value, 0x41), min(high.value, 0x5A))
    if low.value <= 0x5A, high.value >= 0x41 {
      ranges.append((capitals.lowerBound + 0x20)...(capitals.upperBound + 0x20))
    }
    if low == high, let only = folded(low).first, folded(low).count == 1 {
      ranges.append(only...only)
    }
    return ranges
  }

  private mutating func repetition(of node: PatternNode) throws(PatternFault) -> PatternNode {
    switch current {
    case "*": return repeated(node, least: 0, most: nil)
    case "+": return repeated(node, least: 1, most: nil)
    case "?": return repeated(node, least: 0, most: 1)
    case "{":
      at += 1
      let least = try number()
      var most: Int? = least
      if current == "," {
        at += 1
        most = current == "}" ? nil : try number()
      }
      guard current == "}", most.map({ $0 >= least }) ?? true else { throw wrong("expected \"}\"") }
      return repeated(node, least: least, most: most)
    default: return node
    }
  }

  private mutating func repeated(_ node: PatternNode, least: Int, most: Int?) -> PatternNode {
    at += 1
    return .repeated(node, least: least, most: most)
  }

  private mutating func number() throws(PatternFault) -> Int {
    var value: Int?
    while let digit = current.flatMap({ Int(String($0)) }), (value ?? 0) < 1000 {
      value = (value ?? 0) * 10 + digit
      at += 1
    }
    guard let value, value <= 1000 else { throw wrong("expected a number up to 1000") }
    return value
  }
}

/// Turns a pattern's tree into steps.
struct PatternCompiler {
  private(set) var steps: [Pattern.Step] = []
  /// Nodes compiled: nothing, repeated a thousand times a thousand times, adds no step.
  private var nodes = 0

  mutating func compile(_ node: PatternNode) throws(PatternFault) {
    nodes += 1
    guard steps.count < Pattern.stepLimit, nodes < 10 * Pattern.stepLimit else {
      throw PatternFault(message: "the pattern repeats too much", offset: 0)
    }
    switch node {
    case .letters(let set): steps.append(.letters(set))
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .wordEdge: steps.append(.wordEdge)
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .either(let branches): try either(branches[...])
    case .repeated(let inner, let least, let most): try repeated(inner, least, most)
    }
  }

  private mutating func either(_ branches: ArraySlice<PatternNode>) throws(PatternFault) {
    var ends: [Int] = []
    for branch in branches.dropLast() {
      let split = steps.count
      steps.append(.split(split + 1, 0))
      try compile(branch)
      ends.append(steps.count)
      steps.append(.jump(0))
      steps[split] = .split(split + 1, steps.count)
    }
    if let last = branches.last { try compile(last) }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private mutating func repeated(
    _ node: PatternNode, _ least: Int, _ most: Int?
  ) throws(PatternFault) {
    for _ in 0..<least { try compile(node) }
    guard let most else {
      let split = steps.count
      steps.append(.split(0, 0))
      try compile(node)
      steps.append(.jump(split))
      steps[split] = .split(split + 1, steps.count)
      return
    }
    for _ in least..<most {
      let split = steps.count
      steps.append(.split(0, 0))
      try compile(node)
      steps[split] = .split(split + 1, steps.count)
    }
  }
}
