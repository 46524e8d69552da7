// Builds the description. Depth is bounded by `MessageLimits.depth`, so following the tree is safe.
extension Message {
  package func description() -> MessageDescription {
    var found = DefectList()
    found.append(contentsOf: defects)
    let root = node(0, isMessage: true, &found)
    return MessageDescription(
      size: runs[0].count, isIncomplete: isIncomplete, root: root, defects: found.all)
  }

  private func node(
    _ index: Int, isMessage: Bool, _ found: inout DefectList
  ) -> MessageDescription.Node {
    let part = parts[index]
    return MessageDescription.Node(
      place: Place(run: part.run, part.range),
      readings: part.readings.map { view($0, isMessage: isMessage, &found) })
  }

  private func view(
    _ reading: Reading, isMessage: Bool, _ found: inout DefectList
  ) -> MessageDescription.View {
    var children: [Int] = []
    var isEntered = false
    var leaf: MessageDescription.Leaf?
    var outside: (preamble: Place?, epilogue: Place?)
    var isUnread = false
    if isMessage { found.append(contentsOf: fieldDefects(of: reading)) }
    switch reading.content {
    case .leaf: leaf = describeLeaf(reading, &found)
    case .message(let child):
      children = [child]
      isEntered = true
    case .unread: isUnread = true
    case .multipart(let multipart):
      children = Array(multipart.children)
      outside.preamble = multipart.preamble.map { Place(run: multipart.run, $0) }
      outside.epilogue = multipart.epilogue.map { Place(run: multipart.run, $0) }
    }
    return MessageDescription.View(
      ambiguity: reading.ambiguity, type: "\(reading.contentType)",
      encoding: "\(reading.encoding)", disposition: reading.disposition?.kind,
      names: names(of: reading), header: isMessage ? envelope(reading) : nil,
      body: Place(run: reading.run, reading.body), leaf: leaf, preamble: outside.preamble,
      epilogue: outside.epilogue,
      children: children.map { node($0, isMessage: isEntered, &found) }, isUnread: isUnread)
  }

  private func envelope(_ reading: Reading) -> MessageDescription.Envelope {
    let text = { (name: String) -> String? in
      reading.header.all(name).first.map { self.text($0, of: reading) }
    }
    return MessageDescription.Envelope(
      from: text("From"), to: text("To"), subject: text("Subject"), date: text("Date"),
      messageID: text("Message-ID"))
  }

  private func describeLeaf(
    _ reading: Reading, _ found: inout DefectList
  ) -> MessageDescription.Leaf {
    let content = content(of: reading)
    found.append(contentsOf: contentDefects(of: reading))
    let decoded = reading.contentType.isText ? text(content.octets, reading.contentType) : nil
    return MessageDescription.Leaf(
      size: content.octets.count, otherSizes: content.others.map(\.count),
      charset: decoded?.charset, isCharsetGuessed: decoded?.isGuess,
      malformedCount: decoded?.malformedCount, files: files(content.octets, reading))
  }

  private func files(_ octets: [UInt8], _ reading: Reading) -> [MessageDescription.File] {
    if let container = TNEF(octets) {
      return container.attachments.map {
        MessageDescription.File(
          coding: "tnef", name: $0.longName ?? TextGuess.text($0.name), size: $0.octets.count)
      }
    }
    guard reading.contentType.isText else { return [] }
    return EmbeddedFile.all(in: octets[...]).map {
      MessageDescription.File(
        coding: $0.coding.rawValue, name: TextGuess.text($0.name), size: $0.content.octets.count)
    }
  }
}
