// What stands in a leaf, without its transfer encoding, and as text.
extension Message {
  /// Every leaf of every reading, with the index of its part: what there is to inspect.
  package var leaves: [(part: Int, reading: Reading)] {
    parts.indices.flatMap { index in
      parts[index].readings.compactMap { reading in
        if case .leaf = reading.content { (index, reading) } else { nil }
      }
    }
  }

  /// A reading's body decoded; `others` are what other decoders make of it.
  package func content(of reading: Reading) -> DecodedBody {
    BodyDecoder.decode(runs[reading.run][reading.body], reading.encoding)
  }

  /// A leaf's text: decoded, in its charset or a guessed one, flowed lines joined.
  package func text(of reading: Reading) -> DecodedText {
    text(content(of: reading).octets, reading.contentType)
  }

  /// Every text that a leaf may be: of each decoder's octets, and by guess where the charset does not
  /// fit. The first is what `text` says.
  package func texts(of reading: Reading) -> [DecodedText] {
    let content = content(of: reading)
    let texts = ([content.octets] + content.others).flatMap { octets -> [DecodedText] in
      let declared = text(octets, reading.contentType)
      guard declared.malformedCount > 0, !declared.isGuess else { return [declared] }
      return [declared, TextGuess.decode(octets)]
    }
    return texts.withoutRepetitions
  }

  /// Octets as the text that their type says they are.
  package func text(_ octets: [UInt8], _ type: ContentType) -> DecodedText {
    let label = type.parameters["charset"]
    let isFlowed = type.subtype == "plain" && type.parameters["format"]?.lowercased() == "flowed"
    let deletesSpace = type.parameters["delsp"]?.lowercased() == "yes"
    let charset = label.flatMap { Charset(label: $0) }
    // Flowing is a matter of ASCII octets in all but UTF-16 and its like.
    let source = isFlowed ? FlowedText.unfolded(octets, deletesSpace: deletesSpace) : octets
    var decoded = charset?.decode(source) ?? TextGuess.decode(source)
    if label == nil, decoded.charset == "us-ascii" { decoded.isGuess = false }
    return decoded
  }

  /// Every name that the part may show: of the disposition first, then of the type (RFC 2183 §2.3).
  package func names(of reading: Reading) -> [String] {
    let given = [
      reading.disposition?.parameters.parameter("filename"),
      reading.otherDisposition?.parameters.parameter("filename"),
      reading.contentType.parameters.parameter("name"),
    ]
    let names = given.compactMap { $0?.readings }.flatMap { $0 }.filter { !$0.isEmpty }
    guard names.isEmpty, !reading.contentType.isText else { return names.withoutRepetitions }
    return addressedName(reading.header).map { [$0] } ?? []
  }

  /// What a file is called that has an address and no name (RFC 2557 §4.2): the end of the path.
  private func addressedName(_ header: HeaderFields) -> String? {
    guard let address = header.first("Content-Location") else { return nil }
    var path = Array(address.utf8).prefix { $0 != 0x3F && $0 != 0x23 }
    if let authority = path.firstRange(of: Array("://".utf8)) {
      path = path[authority.upperBound...].drop { $0 != 0x2F }
    }
    let name = path.split(separator: 0x2F, omittingEmptySubsequences: false).last ?? []
    return name.isEmpty ? nil : String(decoding: WebHost.percentDecoded(name), as: UTF8.self)
  }

  /// The defects that only decoding finds: of the encoding and of the charset.
  package func contentDefects(of reading: Reading) -> [Defect] {
    let content = content(of: reading)
    var found = content.defects(at: reading.run)
    guard reading.contentType.isText else { return found }
    let place = Place(run: reading.run, reading.body)
    if let label = reading.contentType.parameters["charset"], Charset(label: label) == nil {
      found.append(Defect(.charsetUnknown, place))
    }
    let text = text(content.octets, reading.contentType)
    if text.isGuess { found.append(Defect(.charsetGuessed, place)) }
    if text.malformedCount > 0 { found.append(Defect(.charsetMalformed, place)) }
    return found
  }

  /// The defects of the fields that people see: encoded words, addresses and the date.
  package func fieldDefects(of reading: Reading) -> [Defect] {
    let found = reading.header.fields.map { field -> [Defect] in
      let kinds = defectKinds(of: field, reading)
      return kinds.map { Defect($0, Place(run: reading.run, field.value)) }
    }
    return found.flatMap { $0 }
  }

  private func defectKinds(of field: HeaderFields.Field, _ reading: Reading) -> [Defect.Kind] {
    let bytes = runs[reading.run]
    switch reading.header.name(field).lowercased() {
    case "from", "sender", "reply-to", "to", "cc", "bcc":
      let list = AddressList(bytes, in: field.value)
      let words = EncodedWords.decode(reading.header.unfolded(field)).flaws
      return (list.flaws + words).map(\.kind).withoutRepetitions
    case "subject": return EncodedWords.decode(reading.header.unfolded(field)).flaws.map(\.kind)
    case "date": return HeaderDate(reading.header.unfolded(field)) == nil ? [.dateSyntax] : []
    default: return []
    }
  }

  /// A field's text for people: unfolded, encoded words decoded.
  package func text(_ field: HeaderFields.Field, of reading: Reading) -> String {
    EncodedWords.decode(reading.header.unfolded(field)).text
  }
}
