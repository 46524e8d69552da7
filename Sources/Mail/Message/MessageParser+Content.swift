// What a reading makes of its body: divided, a message within, or a leaf.
extension MessageParser {
  mutating func expand(_ reading: Reading, _ task: Task) -> Content {
    let isComposite = reading.contentType.isMultipart || reading.contentType.isMessage
    guard isComposite else { return .leaf }
    guard parts[task.part].depth < limits.depth else {
      defects.note(.limitDepth, reading.run, reading.body)
      return .unread
    }
    return reading.contentType.isMultipart ? divide(reading, task) : enter(reading, task)
  }

  // MARK: Messages within

  /// `message/rfc822` and its kin; an encoded one is decoded first (RFC 2046 §5.2.1 forbids the encoding,
  /// every client undoes it).
  private mutating func enter(_ reading: Reading, _ task: Task) -> Content {
    var (run, body) = (reading.run, reading.body)
    if !reading.encoding.isIdentity {
      if task.ambiguity == nil { defects.note(.encodedComposite, run, body) }
      guard let decoded = decodedRun(reading, part: task.part) else { return .unread }
      (run, body) = (decoded, 0..<runs[decoded].count)
    }
    guard reserveParts(1, task, reading) == 1 else { return .unread }
    let context = Context(isAlternative: isAlternative(task))
    return .message(addPart(run: run, body, depth: parts[task.part].depth + 1, context))
  }

  // MARK: Multiparts

  private mutating func divide(_ reading: Reading, _ task: Task) -> Content {
    var (run, body) = (reading.run, reading.body)
    if task.ambiguity == .innerBoundary {
      body = body.lowerBound..<max(body.lowerBound, contexts[task.part].outerEnd)
    }
    guard let boundary = boundary(reading, task) else { return .leaf }
    var division = split(run, body, boundary, rule(task.ambiguity))
    if !reading.encoding.isIdentity {
      let isFirst = task.ambiguity == nil
      if isFirst { defects.note(.encodedComposite, run, body) }
      if division.preamble == nil || task.ambiguity == .decodedFirst {
        guard let decoded = decodedRun(reading, part: task.part) else { return .unread }
        (run, body) = (decoded, 0..<runs[decoded].count)
        division = split(run, body, boundary, rule(task.ambiguity))
      } else if isFirst {
        queue(task.part, .decodedFirst)
      }
    }
    if task.ambiguity == nil { inspect(division, boundary, run, body, task) }
    // Nothing divides it: clients show it as text.
    guard division.preamble != nil else { return .leaf }
    return adopt(division, boundary, run, body, reading, task)
  }

  /// Makes parts of a division's children.
  private mutating func adopt(
    _ division: Division, _ boundary: [UInt8], _ run: Int, _ body: Range<Int>, _ reading: Reading,
    _ task: Task
  ) -> Content {
    let granted = reserveParts(division.children.count, task, reading)
    let first = parts.count
    let context = Context(
      isInDigest: reading.contentType.subtype == "digest", outerBoundary: boundary,
      outerEnd: body.upperBound, isAlternative: isAlternative(task))
    let depth = parts[task.part].depth + 1
    for child in division.children.prefix(granted) {
      parts.append(Part(run: run, range: child, depth: depth))
      contexts.append(context)
    }
    // The last waits lowest, so that parts are read in the order in which they stand.
    for index in (first..<parts.count).reversed() {
      pending.append(Task(part: index, ambiguity: nil))
    }
    return .multipart(
      Multipart(
        run: run, boundary: boundary, preamble: division.preamble,
        epilogue: division.epilogue, children: first..<parts.count))
  }

  private func isAlternative(_ task: Task) -> Bool {
    task.ambiguity != nil || contexts[task.part].isAlternative
  }

  /// How many of `count` parts may be added; fewer are recorded.
  private mutating func reserveParts(_ count: Int, _ task: Task, _ reading: Reading) -> Int {
    let isAlternative = isAlternative(task)
    let granted = min(count, isAlternative ? alternativePartsLeft : limits.parts - partCount)
    if granted < count {
      defects.note(isAlternative ? .limitReadings : .limitParts, reading.run, reading.body)
    }
    if isAlternative { alternativePartsLeft -= granted } else { partCount += granted }
    return granted
  }

  private func rule(_ ambiguity: Ambiguity?) -> Division.Rule {
    switch ambiguity {
    case .boundaryPrefix: .prefix
    case .partsAfterEnd: .beyondEnd
    default: .exact
    }
  }

  private mutating func split(
    _ run: Int, _ body: Range<Int>, _ boundary: [UInt8], _ rule: Division.Rule
  ) -> Division {
    var candidates = lines[run].within(body)
    if candidates.count > comparisonsLeft {
      defects.note(.limitWork, run, body)
      candidates = candidates.prefix(comparisonsLeft)
    }
    // One more than may be kept: the bound is then seen to be hit.
    let division = Division(
      runs[run], body, by: boundary, rule, lines: candidates, childLimit: limits.parts + 1)
    comparisonsLeft -= division.comparisons
    return division
  }

  /// The boundary of a reading. Without one the body is a leaf, and some clients guess.
  private mutating func boundary(_ reading: Reading, _ task: Task) -> [UInt8]? {
    let given = reading.contentType.parameters.boundaries
    if task.ambiguity == .guessedBoundary {
      return given.first == [] ? [] : guessedBoundary(reading)
    }
    if let boundary = given.dropFirst(task.variant).first, !boundary.isEmpty {
      return boundary
    }
    if task.ambiguity == nil {
      defects.note(
        .boundaryMissing, reading.run, parts[task.part].range.lowerBound..<reading.body.lowerBound)
      queue(task.part, .guessedBoundary)
    }
    return nil
  }

  private func guessedBoundary(_ reading: Reading) -> [UInt8]? {
    let bytes = runs[reading.run]
    for line in lines[reading.run].within(reading.body) {
      let word = bytes.trimmed((line.lowerBound + 2)..<line.upperBound)
      if !word.isEmpty { return Array(bytes[word]) }
    }
    return nil
  }

  private mutating func inspect(
    _ division: Division, _ boundary: [UInt8], _ run: Int, _ body: Range<Int>, _ task: Task
  ) {
    let part = task.part
    // RFC 2046 §5.1.1: 1 to 70 characters, not ending with white space.
    if boundary.count > 70 || boundary.last == 0x20 || boundary.contains(where: { $0 >= 0x80 }) {
      defects.note(.boundarySyntax, run, body)
    }
    if boundary == contexts[part].outerBoundary {
      defects.note(.boundaryReused, run, body)
      queue(part, .innerBoundary)
    }
    if division.preamble == nil {
      defects.note(.boundaryNotFound, run, body)
      queue(part, .guessedBoundary)
    } else if !division.isClosed {
      defects.note(.endDelimiterMissing, run, body.upperBound..<body.upperBound)
    }
    if let line = division.prefixedLine {
      defects.note(.boundaryPrefixed, run, line)
      queue(part, .boundaryPrefix)
    }
    if division.hasPartsAfterEnd, let epilogue = division.epilogue {
      defects.note(.partsAfterEnd, run, epilogue)
      queue(part, .partsAfterEnd)
    }
  }

  /// The body decoded as a run of its own; nil at the bound.
  private mutating func decodedRun(_ reading: Reading, part: Int) -> Int? {
    guard reading.body.count <= decodedLeft else {
      defects.note(.limitDecoded, reading.run, reading.body)
      return nil
    }
    decodedLeft -= reading.body.count
    let decoded = BodyDecoder.decode(
      runs[reading.run][reading.body], reading.encoding, limit: reading.body.count + 1024)
    defects.append(contentsOf: decoded.defects(at: reading.run))
    return addRun(decoded.octets)
  }
}
