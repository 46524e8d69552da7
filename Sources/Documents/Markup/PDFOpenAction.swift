import Mail

/// What a PDF does by itself when it is opened (ISO 32000-1 §12.6, `/OpenAction`): an address that is opened,
/// or a form that is sent. To go to a page, or to print, is nothing to tell.
enum PDFOpenAction {
  /// Octets of an action that are looked at, and names in it.
  private static let (sizeLimit, nameLimit) = (4096, 200)
  /// Digits of an object's number or generation.
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
    let start = min(place, octets.count)
    return octets[start...].prefix(sizeLimit).firstIndex { !$0.isSpace } ?? start
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

  /// Behind `5 0 obj`, for `5 0 R`, whatever blanks stand between.
  private static func referred(_ octets: [UInt8], _ start: Int) -> Int? {
    let number = octets.part(start, digitLimit).prefix(while: \.isDigit)
    let second = skippingBlanks(octets, start + number.count)
    let generation = octets.part(second, digitLimit).prefix(while: \.isDigit)
    let mark = skippingBlanks(octets, second + generation.count)
    guard !number.isEmpty, !generation.isEmpty, octets.has("R", at: mark) else { return nil }
    let places = octets.places(of: objectWord, in: 0..<octets.count, limit: objectLimit)
    return places.first { named(octets, $0, number, generation) }.map { $0 + objectWord.count }
  }

  private static let objectWord = Array("obj".utf8)
  /// Objects that are looked at.
  private static let objectLimit = 100_000

  /// Whether the two numbers stand before `obj`.
  private static func named(
    _ octets: [UInt8], _ place: Int, _ number: ArraySlice<UInt8>, _ generation: ArraySlice<UInt8>
  ) -> Bool {
    var end = place
    for wanted in [generation, number] {
      while end > 0, octets[end - 1].isSpace { end -= 1 }
      guard end >= wanted.count, octets[(end - wanted.count)..<end] == wanted else { return false }
      end -= wanted.count
    }
    return end == 0 || !octets[end - 1].isDigit
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
