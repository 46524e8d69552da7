import Mail

/// What a PDF does by itself when it is opened (ISO 32000-1 §12.6, `/OpenAction`): an address that is opened,
/// or a form that is sent. To go to a page, or to print, is nothing to tell.
enum PDFOpenAction {
  /// Octets of an action that are looked at, and names in it.
  private static let (sizeLimit, nameLimit) = (4096, 200)
  /// Digits of an object's number.
  private static let digitLimit = 10

  private static let telling: Set<String> = ["uri", "submitform"]

  /// The word for what leads elsewhere, of the action or of a reference to one at `place`.
  static func leading(_ octets: [UInt8], at place: Int) -> String? {
    let start = skippingBlanks(octets, place)
    if octets.has("<<", at: start) { return word(octets, dictionary(octets, start)) }
    guard let object = referred(octets, start) else { return nil }
    let end = min(octets.count, object + sizeLimit)
    return word(octets, object..<(octets.place(of: "endobj", in: object..<end) ?? end))
  }

  private static func skippingBlanks(_ octets: [UInt8], _ place: Int) -> Int {
    octets[min(place, octets.count)...].prefix(digitLimit).firstIndex { !$0.isSpace } ?? place
  }

  /// From `<<` to the `>>` that belongs to it.
  private static func dictionary(_ octets: [UInt8], _ start: Int) -> Range<Int> {
    var (at, depth) = (start, 0)
    let end = min(octets.count, start + sizeLimit)
    while at < end {
      let (opens, closes) = (octets.has("<<", at: at), octets.has(">>", at: at))
      depth += opens ? 1 : closes ? -1 : 0
      at += opens || closes ? 2 : 1
      if depth == 0 { break }
    }
    return start..<min(at, end)
  }

  /// Behind `5 0 obj`, for `5 0 R`.
  private static func referred(_ octets: [UInt8], _ start: Int) -> Int? {
    let number = octets.part(start, digitLimit).prefix(while: \.isDigit)
    guard !number.isEmpty, octets.has(" 0 R", at: start + number.count) else { return nil }
    let mark = number + Array(" 0 obj".utf8)
    let places = octets.places(of: Array(mark), in: 0..<octets.count, limit: 8)
    return places.first { $0 == 0 || !octets[$0 - 1].isDigit }.map { $0 + mark.count }
  }

  /// `/S /URI`
  private static func word(_ octets: [UInt8], _ window: Range<Int>) -> String? {
    var (at, last) = (window.lowerBound, "")
    for _ in 0..<nameLimit {
      guard at < window.upperBound, let place = octets.place(of: [0x2F], in: at..<window.upperBound)
      else { return nil }
      at = place + 1
      let name = PDFDictionary.name(octets, &at)
      if last == "s", telling.contains(name) { return name }
      last = name
    }
    return nil
  }
}
