import Documents
package import Mail

/// A part that is not divided further, in one reading: what a reader may see or open.
package struct Leaf: Sendable {
  /// From the message in: `part 2`, `part 2.1`, `part 2/mail/part 1`; `body` where nothing is divided.
  package let path: String
  package let part: Int
  package let reading: Reading
  /// The body in the message as it came; of a part that had to be decoded first, what it was decoded from.
  package let place: Range<Int>
  /// Every name that may be shown.
  package let names: [String]
  /// Whether only another reading than the first has it.
  package let isAlternative: Bool

  /// Whether it is shown as the message's text instead of as a file.
  package var isBody: Bool {
    let subtype = reading.contentType.subtype
    let isShown =
      reading.contentType.isText
      && ["plain", "html", "", "enriched", "x-amp-html"].contains(subtype)
    return isShown && names.isEmpty && reading.disposition?.kind != "attachment"
  }
}

/// A message taken apart for its checks: every leaf of every reading, each once.
package struct Specimen: Sendable {
  package let message: Message
  /// First readings before others.
  package let leaves: [Leaf]
  /// `message/partial` and `message/external-body`, and what else is no leaf and yet matters.
  package let enclosed: [Leaf]

  package init(_ message: Message) {
    self.message = message
    var walk = SpecimenWalk(message)
    walk.run()
    leaves = walk.leaves.filter { !$0.isAlternative } + walk.leaves.filter(\.isAlternative)
    enclosed = walk.enclosed
  }

  /// Where something stands in the message as it came; nil within what was decoded from it.
  package func place(_ place: Place) -> Range<Int>? { place.run == 0 ? place.range : nil }
}

/// Walks the tree of parts without recursion: nesting is bounded by `MessageLimits`, the stack is ours.
private struct SpecimenWalk {
  private struct Step {
    let part: Int
    let path: String
    let isMessage: Bool
    let isAlternative: Bool
    /// The run-0 octets that it came from.
    let outer: Range<Int>
    /// What a header beside it calls it, and everything in it.
    let fileName: String?
  }

  /// What makes two leaves the same: the octets and what they are taken for.
  private struct Key: Hashable {
    let run: Int
    let body: Range<Int>
    let encoding: TransferEncoding
    let type: String
    let names: [String]
  }

  private let message: Message
  private(set) var leaves: [Leaf] = []
  private(set) var enclosed: [Leaf] = []
  private var seen: Set<Key> = []
  private var open: [Step] = []

  init(_ message: Message) { self.message = message }

  mutating func run() {
    // First readings first, so that a leaf that both have counts as the first's.
    open = [
      Step(
        part: 0, path: "", isMessage: true, isAlternative: false, outer: 0..<message.runs[0].count,
        fileName: nil)
    ]
    var later: [(Step, Reading)] = []
    while true {
      if let step = open.popLast() {
        for (index, reading) in message.parts[step.part].readings.enumerated() {
          if index == 0 { enter(step, reading) } else { later.append((step, reading)) }
        }
      } else if !later.isEmpty {
        let (step, reading) = later.removeLast()
        enter(step, reading)
      } else {
        return
      }
    }
  }

  private mutating func enter(_ step: Step, _ reading: Reading) {
    let part = message.parts[step.part]
    let outer = part.run == 0 ? part.range : step.outer
    let isAlternative = step.isAlternative || reading.ambiguity != nil
    func below(
      _ child: Int, _ path: String, isMessage: Bool, _ fileName: String? = nil
    ) -> Step {
      Step(
        part: child, path: path, isMessage: isMessage, isAlternative: isAlternative, outer: outer,
        fileName: fileName)
    }
    switch reading.content {
    case .multipart(let multipart):
      let base =
        step.isMessage ? (step.path.isEmpty ? "" : step.path + "/") + "part " : step.path + "."
      let fileName = fileName(reading, multipart) ?? step.fileName
      for child in multipart.children.reversed() {
        let path = base + "\(child - multipart.children.lowerBound + 1)"
        open.append(below(child, path, isMessage: false, fileName))
      }
    case .message(let child):
      enclosed.append(leaf(step, reading, outer, isAlternative))
      let path = step.path.isEmpty ? "mail" : step.path + "/mail"
      open.append(below(child, path, isMessage: true, savedPage(reading)))
    case .leaf: add(leaf(step, reading, outer, isAlternative))
    case .unread: enclosed.append(leaf(step, reading, outer, isAlternative))
    }
  }

  /// The header of a Macintosh file names the file that comes beside it (RFC 1740 §4).
  private func fileName(_ reading: Reading, _ multipart: Multipart) -> String? {
    guard reading.contentType.subtype == "appledouble" else { return nil }
    return multipart.children.lazy.compactMap { child in
      let half = message.parts[child].readings[0]
      guard case .leaf = half.content else { return nil }
      return AppleFileReader.name(in: message.content(of: half).octets)?.text
    }.first
  }

  /// A web page that was saved is built as mail is, and opened as a page: by its name.
  private func savedPage(_ reading: Reading) -> String? {
    message.names(of: reading).first { name in
      ["mht", "mhtml", "mhtm"].contains(NameFacts(ArtefactName(name)).suffix)
    }
  }

  private mutating func add(_ leaf: Leaf) {
    let key = Key(
      run: leaf.reading.run, body: leaf.reading.body, encoding: leaf.reading.encoding,
      type: "\(leaf.reading.contentType)", names: leaf.names)
    if seen.insert(key).inserted { leaves.append(leaf) }
  }

  private func leaf(
    _ step: Step, _ reading: Reading, _ outer: Range<Int>, _ isAlternative: Bool
  ) -> Leaf {
    let names = message.names(of: reading)
    let more = step.fileName.map { names.contains($0) ? [] : [$0] } ?? []
    return Leaf(
      path: step.path.isEmpty ? "body" : step.path, part: step.part, reading: reading,
      place: reading.run == 0 ? reading.body : outer, names: names + more,
      isAlternative: isAlternative)
  }
}
