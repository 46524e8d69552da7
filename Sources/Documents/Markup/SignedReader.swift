import Mail

/// CMS messages (RFC 5652), as S/MIME has them: what is signed and not beside its signature stands within,
/// and mail programs show it as if it stood there itself.
enum SignedReader {
  /// What a content is, by the last octets of its identifier.
  private enum Content {
    case signed, compressed, encrypted

    init?(_ identifier: [UInt8]) {
      let data: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]
      let mail: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01]
      switch identifier {
      case data + [2]: self = .signed
      case data + [3], data + [6], mail + [23]: self = .encrypted
      case mail + [9]: self = .compressed
      default: return nil
      }
    }
  }

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let reader = BasicEncoding(octets)
    // ContentInfo: an identifier, and [0] round the content.
    guard let whole = reader.element(at: 0), let parts = reader.children(of: whole),
      parts.count >= 2,
      let kind = Content(Array(octets[parts[0].content])),
      let content = reader.children(of: parts[1])?.first, let fields = reader.children(of: content)
    else { return opening.note(.damaged) }
    guard kind != .encrypted else { return opening.note(.encrypted) }
    // The first sequence behind the version (and the set or sequence of algorithms).
    let sequences = fields.filter { $0.tag == BasicEncoding.sequence }
    guard let info = kind == .signed ? sequences.first : sequences.last,
      let encapsulated = reader.children(of: info), opening.admits()
    else { return }
    guard encapsulated.count >= 2 else { return }  // the content stands elsewhere
    let text = reader.string(in: encapsulated[1], limit: opening.allowance)
    take(kind == .signed ? Unpacked(text) : inflated(text, &opening), &opening)
  }

  private static func inflated(_ octets: [UInt8], _ opening: inout Opening) -> Unpacked {
    Inflate.unpack(octets, 0..<octets.count, .zlib, limit: opening.allowance)
  }

  private static func take(_ content: Unpacked, _ opening: inout Opening) {
    guard !content.octets.isEmpty else { return }
    opening.take(content, ArtefactName("signed content"))
    // An entity with so few fields that it could be any text.
    let kinds = Identification.kinds(of: content.octets)
    let head = content.octets.prefix(13).map(\.lowered)
    let isEntity = head.starts(with: "content-".utf8) || head.starts(with: "mime-version".utf8)
    guard isEntity, kinds.allSatisfy({ $0 != .mail && $0 != .mht }) else { return }
    MailReader.read(content.octets, &opening)
  }
}

/// Elements of BER (X.690 §8): tag, length, content; those whose length is not told end with two zeros.
struct BasicEncoding {
  struct Element {
    let tag: UInt8
    let content: Range<Int>
    let end: Int
    var isConstructed: Bool { tag & 0x20 != 0 }
  }

  static let sequence: UInt8 = 0x30
  private static let (depthLimit, countLimit) = (16, 100_000)
  private let octets: [UInt8]

  init(_ octets: [UInt8]) { self.octets = octets }

  func element(at place: Int, within end: Int? = nil, depth: Int = 0) -> Element? {
    let end = end ?? octets.count
    guard depth < Self.depthLimit, place + 1 < end else { return nil }
    let tag = octets[place]
    // Tags of more than one octet do not occur.
    guard tag & 0x1F != 0x1F else { return nil }
    let first = Int(octets[place + 1])
    if first == 0x80 { return open(tag, place + 2, end, depth) }
    guard first > 0x80 else { return Self.closed(tag, place + 2, first, end) }
    guard first - 0x80 <= 7, let length = octets.big(place + 2, first - 0x80) else { return nil }
    return Self.closed(tag, place + 2 + first - 0x80, length, end)
  }

  /// What is cut short is taken as far as it goes.
  private static func closed(_ tag: UInt8, _ start: Int, _ length: Int, _ end: Int) -> Element? {
    guard start <= end else { return nil }
    let last = length > end - start ? end : start + length
    return Element(tag: tag, content: start..<last, end: last)
  }

  private func open(_ tag: UInt8, _ start: Int, _ end: Int, _ depth: Int) -> Element? {
    var at = start
    for _ in 0..<Self.countLimit {
      guard at + 1 < end, octets[at] != 0 || octets[at + 1] != 0 else { break }
      guard let child = element(at: at, within: end, depth: depth + 1), child.end > at else {
        break
      }
      at = child.end
    }
    return Element(tag: tag, content: start..<at, end: min(end, at + 2))
  }

  /// Nil for what has none.
  func children(of element: Element) -> [Element]? {
    guard element.isConstructed else { return nil }
    var (found, at): ([Element], Int) = ([], element.content.lowerBound)
    while found.count < Self.countLimit, at < element.content.upperBound,
      let child = self.element(at: at, within: element.content.upperBound), child.end > at
    {
      found.append(child)
      at = child.end
    }
    return found
  }

  /// The octets of a string, which may be in pieces (§8.7).
  func string(in element: Element, limit: Int, depth: Int = 0) -> [UInt8] {
    let content = element.content
    guard element.isConstructed else {
      return octets.part(content.lowerBound, min(limit, content.count))
    }
    guard depth < Self.depthLimit else { return [] }
    var text: [UInt8] = []
    for child in children(of: element) ?? [] where text.count < limit {
      text += string(in: child, limit: limit - text.count, depth: depth + 1)
    }
    return text
  }
}
