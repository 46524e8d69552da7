import Mail

// What must hold for messages, codings and charsets, whatever comes.
extension Properties {
  static func message(_ bytes: [UInt8]) {
    var limits = MessageLimits()
    limits.depth = 10
    limits.parts = 100
    limits.alternativeParts = 50
    let message = Message(bytes, limits: limits)
    precondition(message.runs[0] == bytes, "the message is not kept as it came")
    precondition(message.parts.count <= 151, "more parts than allowed")
    for part in message.parts {
      precondition(!part.readings.isEmpty, "a part without a reading")
      precondition(part.readings[0].ambiguity == nil, "the first reading is another's")
      precondition(part.depth <= limits.depth, "deeper than allowed")
      within(part.range, message.runs[part.run], "a part")
      for reading in part.readings { check(reading, of: part, in: message) }
    }
    for defect in message.defects {
      within(defect.place.range, message.runs[defect.place.run], "a defect")
    }
    let description = message.description()
    precondition(
      !description.text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" },
      "a control came through to the terminal")
    for address in AddressList(bytes).mailboxes {
      if let mailbox = address.mailbox { same(mailbox) }
    }
    _ = MessageIDs.all(in: bytes)
    _ = TraceField(bytes)
    if let date = HeaderDate(bytes) {
      precondition((1...12).contains(date.month), "no such month")
      _ = date.timestamp
    }
  }

  private static func check(_ reading: Reading, of part: Part, in message: Message) {
    within(reading.body, message.runs[reading.run], "a body")
    if case .multipart(let multipart) = reading.content {
      for child in multipart.children.map({ message.parts[$0] }) {
        precondition(child.run == multipart.run, "a child elsewhere")
        precondition(child.depth == part.depth + 1, "a child at another depth")
      }
      let ranges = multipart.children.map { message.parts[$0].range }
      for (left, right) in zip(ranges, ranges.dropFirst()) {
        precondition(left.upperBound <= right.lowerBound, "children overlap")
      }
    }
    for field in reading.header.fields {
      precondition(field.name.upperBound <= field.value.lowerBound, "a field inside out")
      _ = message.text(field, of: reading)
    }
    for name in message.names(of: reading) { precondition(!name.isEmpty, "an empty name") }
    for defect in message.contentDefects(of: reading) + message.fieldDefects(of: reading) {
      within(defect.place.range, message.runs[defect.place.run], "a defect of content")
    }
    precondition(!message.texts(of: reading).isEmpty, "a leaf without a text")
  }

  private static func within(_ range: Range<Int>, _ run: [UInt8], _ what: String) {
    precondition(range.lowerBound >= 0 && range.upperBound <= run.count, "\(what) beyond its run")
  }

  static func codings(_ bytes: [UInt8]) {
    for encoding in [TransferEncoding.base64, .quotedPrintable, .uuencode, .yEnc] {
      let decoded = BodyDecoder.decode(bytes[...], encoding)
      // A line of uuencode says how long it is; lost blanks at its end count as zeros.
      let growth = encoding == .uuencode ? 64 : 1
      precondition(
        decoded.octets.count <= growth * bytes.count, "\(encoding) made octets from nothing")
      for flaw in decoded.flaws { within(flaw.range, bytes, "a flaw") }
    }
    // What is encoded decodes to itself, without a flaw.
    let encoded = BodyDecoder.decode(Array(Base64.encode(bytes).utf8)[...], .base64)
    precondition(encoded.octets == bytes && encoded.flaws.isEmpty, "base 64 does not read back")
    for file in EmbeddedFile.all(in: bytes[...]) { within(file.range, bytes, "a file") }
    _ = TNEF(bytes)
    _ = TNEF([0x78, 0x9F, 0x3E, 0x22, 0, 0] + bytes)
    precondition(
      FlowedText.unfolded(bytes, deletesSpace: false).count <= 2 * bytes.count + 2,
      "flowed text grew")
    _ = EncodedWords.decode(bytes)
  }

  static func charset(_ bytes: [UInt8]) {
    let labels = [
      "utf-8", "us-ascii", "iso-2022-jp", "shift_jis", "euc-jp", "utf-7", "gb18030", "big5",
      "euc-kr",
      "iso-2022-kr", "windows-1252", "koi8-r", "utf-16", "hz-gb-2312",
    ]
    for charset in labels.compactMap(Charset.init(label:)) + [TextGuess.charset(of: bytes)] {
      let text = charset.decode(bytes)
      precondition(text.text.utf8.count <= 4 * bytes.count + 16, "\(charset.name) grew")
      precondition(
        (text.malformedCount > 0) == (text.firstMalformed != nil), "\(charset.name) miscounts")
      if let place = text.firstMalformed { precondition(place <= bytes.count, "a place beyond") }
    }
    if let text = String(validating: bytes, as: UTF8.self), bytes.first != 0xEF {
      precondition(Charset.utf8.decode(bytes).text.utf8.elementsEqual(text.utf8), "UTF-8 changed")
      precondition(Charset.utf8.decode(bytes).malformedCount == 0, "good UTF-8 called malformed")
    }
  }
}
