// What is strange about a part's header section, and which other readings it calls for.
extension MessageParser {
  /// Records a first reading's defects and queues what other clients would read.
  mutating func inspect(
    _ header: HeaderFields, _ fields: MIMEFields, _ reading: Reading, _ part: Int
  ) {
    inspectSection(header, reading, part)
    inspectFields(fields, reading, part)
    defects.append(contentsOf: reading.contentType.defects)
    if let disposition = reading.disposition { defects.append(contentsOf: disposition.defects) }
    inspectNames(reading)
    if reading.contentType.isMultipart {
      for variant in reading.contentType.parameters.boundaries.indices.dropFirst().prefix(4) {
        alternatives.append(Task(part: part, ambiguity: .otherBoundary, variant: variant))
      }
    }
    if part == 0, lines[0].bareCR != nil { queue(part, .bareCREndsLine) }
    if part == 0, lines[0].nul != nil { queue(part, .nulDropped) }
  }

  mutating func queue(_ part: Int, _ ambiguity: Ambiguity) {
    alternatives.append(Task(part: part, ambiguity: ambiguity))
  }

  private mutating func inspectSection(_ header: HeaderFields, _ reading: Reading, _ part: Int) {
    let (run, range) = (reading.run, parts[part].range)
    let section = range.lowerBound..<reading.body.lowerBound
    switch header.end {
    case .strangeLine:
      let line =
        reading.body.lowerBound..<runs[run].lineEnd(from: reading.body.lowerBound, in: range)
      defects.note(header.fields.isEmpty ? .headerMissing : .emptyLineMissing, run, line)
      if !header.fields.isEmpty || part == 0 { queue(part, .strangeLineSkipped) }
    case .limit: defects.note(.limitHeader, run, section)
    case .endOfInput where part == 0: defects.note(.emptyLineMissing, run, section)
    case .emptyLine where header.fields.isEmpty && contexts[part].outerBoundary.isEmpty:
      defects.note(.headerMissing, run, section)
      queue(part, .strangeLineSkipped)
    case .emptyLine, .endOfInput: break
    }
    if let line = header.blankFolding {
      defects.note(.blankFolding, run, line)
      queue(part, .blankLineEndsHeader)
    }
    if let line = header.strangeLines.first { defects.note(.envelopeLine, run, line) }
    if runs[run].tally(in: section, { $0 >= 0x80 }) > 0 {
      defects.note(.eightBitInHeader, run, section)
    }
    if lines[run].nul != nil, let nul = runs[run].place(of: 0, in: section) {
      defects.note(.nulInHeader, run, nul..<(nul + 1))
    }
    if lines[run].bareCR.map(section.contains) == true {
      defects.note(.bareCRInHeader, run, section)
    }
  }

  /// A name in the one field and another in the other: programs differ in which they show.
  private mutating func inspectNames(_ reading: Reading) {
    guard let filename = reading.disposition?.parameters["filename"],
      let name = reading.contentType.parameters["name"], filename != name
    else { return }
    defects.note(.namesDiffer, reading.run, reading.body.lowerBound..<reading.body.lowerBound)
  }

  private mutating func inspectFields(_ fields: MIMEFields, _ reading: Reading, _ part: Int) {
    let run = reading.run
    if let field = fields.repeated { defects.note(.fieldRepeated, run, field.name) }
    if let field = fields.spaced {
      defects.note(.spaceBeforeColon, run, field.name)
      queue(part, .strictFieldNames)
    }
    if part == 0, !fields.hasVersion, let field = fields.contentTypes.first {
      defects.note(.versionMissing, run, field.name)
    }
    if let last = repetition(fields.contentTypes, run, .contentTypeRepeated) {
      defects.append(contentsOf: ContentType(runs[run], in: last.value, run: run).defects)
      queue(part, .lastContentType)
    }
    if repetition(fields.encodings, run, .encodingRepeated) != nil { queue(part, .lastEncoding) }
    _ = repetition(fields.dispositions, run, .dispositionRepeated)
    inspectEncoding(fields, reading)
  }

  /// Notes that a field stands there twice; returns its last when that says something else.
  private mutating func repetition(
    _ fields: [HeaderFields.Field], _ run: Int, _ kind: Defect.Kind
  ) -> HeaderFields.Field? {
    guard fields.count > 1, let last = fields.last else { return nil }
    defects.note(kind, run, last.name)
    let isSame = runs[run][fields[0].value].elementsEqual(runs[run][last.value])
    return isSame ? nil : last
  }

  private mutating func inspectEncoding(_ fields: MIMEFields, _ reading: Reading) {
    guard let field = fields.encodings.first else { return }
    if case .unknown = reading.encoding { defects.note(.encodingUnknown, reading.run, field.value) }
    var cursor = FieldCursor(runs[reading.run], field.value)
    cursor.skipBlanksAndComments()
    let word = cursor.token()
    cursor.skipBlanksAndComments()
    if !cursor.isAtEnd || word.isEmpty || cursor.hasUnclosedComment {
      defects.note(.encodingSyntax, reading.run, field.value)
    }
  }
}
