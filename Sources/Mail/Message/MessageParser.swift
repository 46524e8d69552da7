/// Reads a message into parts and readings.
///
/// The first reading of everything comes first and in full; what other clients would read waits in a
/// queue and gets what bounds are left for it. So no flood of ambiguities hides the message itself.
///
/// Work is bounded by counting, not by trusting structure: depth, parts, delimiter comparisons, octets
/// decoded and octets read again. Nothing recurses.
struct MessageParser {
  /// What a part's surroundings say about it.
  struct Context {
    /// In a `multipart/digest` the default is `message/rfc822` (RFC 2046 §5.1.5).
    var isInDigest = false
    /// The multipart around it: its boundary, and where its body ends.
    var outerBoundary: [UInt8] = []
    var outerEnd = 0
    /// Whether another than the first reading made it.
    var isAlternative = false
  }

  /// A part to be read, in its first reading (nil) or another.
  struct Task {
    let part: Int
    let ambiguity: Ambiguity?
    /// Which of several values counts, for `otherBoundary`.
    var variant = 0
  }

  var runs: [[UInt8]] = []
  var parts: [Part] = []
  var defects = DefectList()
  let limits: MessageLimits
  var contexts: [Context] = []
  var lines: [DelimiterLines] = []
  var pending: [Task] = []
  var alternatives: [Task] = []

  var comparisonsLeft: Int
  var decodedLeft: Int
  var alternativeWorkLeft: Int
  var alternativePartsLeft: Int
  /// Parts of first readings so far.
  var partCount = 1

  /// What small messages may use, whatever a multiple of their size comes to.
  private static let leastWork = 1 << 16

  init(_ bytes: [UInt8], _ limits: MessageLimits) {
    self.limits = limits
    comparisonsLeft = limits.comparisons
    decodedLeft = bytes.count * limits.decodedWork + Self.leastWork
    alternativeWorkLeft = bytes.count * limits.alternativeWork + Self.leastWork
    alternativePartsLeft = limits.alternativeParts
    _ = addRun(bytes)
  }

  mutating func parse() {
    addPart(run: 0, 0..<runs[0].count, depth: 0, Context())
    var nextAlternative = 0
    while true {
      if let task = pending.popLast() {
        read(task)
      } else if nextAlternative < alternatives.count {
        let task = alternatives[nextAlternative]
        nextAlternative += 1
        readAgain(task)
      } else {
        return
      }
    }
  }

  /// Takes octets as a run of their own and notes what is strange about their lines.
  mutating func addRun(_ bytes: [UInt8]) -> Int {
    let run = runs.count
    let found = DelimiterLines(bytes)
    runs.append(bytes)
    lines.append(found)
    if found.isCut { defects.note(.limitWork, run, 0..<bytes.count) }
    if let line = found.longLine { defects.note(.lineTooLong, run, line) }
    if let nul = found.nul { defects.note(.nul, run, nul..<(nul + 1)) }
    if let at = found.bareCR { defects.note(.bareCR, run, at..<(at + 1)) }
    if found.crLfCount > 0, found.bareLfCount > 0 { defects.note(.mixedLineEnds, run, 0..<0) }
    return run
  }

  @discardableResult
  mutating func addPart(run: Int, _ range: Range<Int>, depth: Int, _ context: Context) -> Int {
    parts.append(Part(run: run, range: range, depth: depth))
    contexts.append(context)
    pending.append(Task(part: parts.count - 1, ambiguity: nil))
    return parts.count - 1
  }

  private mutating func readAgain(_ task: Task) {
    let part = parts[task.part]
    guard part.readings.count < limits.readings, part.range.count <= alternativeWorkLeft else {
      return defects.note(.limitReadings, part.run, part.range)
    }
    alternativeWorkLeft -= part.range.count
    read(task)
  }

  /// Adds one reading to a part; its children wait in `pending`.
  private mutating func read(_ task: Task) {
    let part = parts[task.part]
    var (run, range) = (part.run, part.range)
    if task.ambiguity == .bareCREndsLine || task.ambiguity == .nulDropped {
      guard range.count <= decodedLeft else { return defects.note(.limitDecoded, run, range) }
      decodedLeft -= range.count
      let isCR = task.ambiguity == .bareCREndsLine
      run = addRun(isCR ? Self.endingLinesAtCR(runs[run]) : runs[run].filter { $0 != 0 })
      range = 0..<runs[run].count
    }
    let bytes = runs[run]
    let header = HeaderFields(bytes, in: range, leniency: Self.leniency(task.ambiguity))
    let fields = MIMEFields(header, bytes, skipsSpaced: task.ambiguity == .strictFieldNames)
    let body = min(header.bodyStart, range.upperBound)..<range.upperBound
    var reading = Reading(
      ambiguity: task.ambiguity, header: header, run: run, body: body,
      contentType: contentType(fields, task, run), encoding: encoding(fields, task, run),
      disposition: fields.dispositions.first.map { Disposition(bytes, in: $0.value, run: run) },
      otherDisposition: fields.dispositions.dropFirst().last.map {
        Disposition(bytes, in: $0.value, run: run)
      })
    if task.ambiguity == nil { inspect(header, fields, reading, task.part) }
    reading.content = expand(reading, task)
    parts[task.part].readings.append(reading)
  }

  private static func leniency(_ ambiguity: Ambiguity?) -> HeaderFields.Leniency {
    switch ambiguity {
    case .strangeLineSkipped: .skipsStrangeLines
    case .blankLineEndsHeader: .endsAtBlankLine
    default: .none
    }
  }

  private func contentType(_ fields: MIMEFields, _ task: Task, _ run: Int) -> ContentType {
    let field =
      task.ambiguity == .lastContentType ? fields.contentTypes.last : fields.contentTypes.first
    guard let field else {
      return contexts[task.part].isInDigest ? .message : .plainText
    }
    return ContentType(runs[run], in: field.value, run: run)
  }

  private func encoding(_ fields: MIMEFields, _ task: Task, _ run: Int) -> TransferEncoding {
    let field = task.ambiguity == .lastEncoding ? fields.encodings.last : fields.encodings.first
    guard let field else { return .sevenBit }
    return TransferEncoding(word: Self.encodingWord(runs[run], field))
  }

  /// The first word of the field, lower case: what stands behind it is comment or error.
  static func encodingWord(_ bytes: [UInt8], _ field: HeaderFields.Field) -> String {
    var cursor = FieldCursor(bytes, field.value)
    cursor.skipBlanksAndComments()
    if cursor.current == 0x22 {
      return String(decoding: cursor.quotedString().map(\.lowered), as: UTF8.self)
    }
    return String(decoding: bytes[cursor.token()].map(\.lowered), as: UTF8.self)
  }

  private static func endingLinesAtCR(_ bytes: [UInt8]) -> [UInt8] {
    var output = bytes
    for index in bytes.indices where bytes[index] == 0x0D {
      if index + 1 == bytes.count || bytes[index + 1] != 0x0A { output[index] = 0x0A }
    }
    return output
  }
}
