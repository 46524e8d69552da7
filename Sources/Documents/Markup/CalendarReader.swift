import Mail

/// Files within calendars and address cards, in the lines of their properties:
///
///     ATTACH;FMTTYPE=application/zip;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.zip:UEsDB…
///     PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ…
///     ATTACH:data:application/zip;base64,UEsDB…
///
/// Long lines are folded: a line that begins with a blank goes on with the one before (RFC 5545 §3.1,
/// §3.2.7, RFC 6350 §3.2; ENCODING=b is vCard 3's).
enum CalendarReader {
  /// Octets of a property's name and parameters, or of a `data:` address's, that are read.
  private static let parameterLimit = 1 << 16

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    var start = 0
    while start < octets.count {
      let end = endOfLine(octets, from: start)
      guard takeFile(octets[start..<end], &opening) else { return }
      start = end
    }
  }

  /// Where the line and those that go on with it end.
  private static func endOfLine(_ octets: [UInt8], from start: Int) -> Int {
    var end = start
    repeat {
      guard let feed = octets[end...].firstIndex(of: 0x0A) else { return octets.count }
      end = feed + 1
    } while end < octets.count && (octets[end] == 0x20 || octets[end] == 0x09)
    return end
  }

  /// False when no more may be read.
  private static func takeFile(_ line: ArraySlice<UInt8>, _ opening: inout Opening) -> Bool {
    guard let colon = valueMark(in: line) else { return true }
    let head = unfolded(line[..<colon].prefix(parameterLimit))[...]
    let parameters = text(head).split(separator: ";").dropFirst()
    let isBinary = parameters.contains { $0 == "ENCODING=BASE64" || $0 == "ENCODING=B" }
    let value = line[(colon + 1)...]
    guard let coded = isBinary ? value : data(of: value) else { return true }
    guard opening.admits() else { return false }
    let content = BodyDecoder.decode(coded, .base64)
    if !content.octets.isEmpty { opening.take(content.octets, ArtefactName(name(in: head))) }
    return true
  }

  /// What a `data:` address carries in base64 (RFC 2397).
  private static func data(of value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let comma = value.prefix(parameterLimit).firstIndex(of: 0x2C) else { return nil }
    let type = text(unfolded(value[..<comma]))
    return type.hasPrefix("DATA:") && type.hasSuffix(";BASE64") ? value[(comma + 1)...] : nil
  }

  /// The colon before the value; one in a quoted parameter is none.
  private static func valueMark(in line: ArraySlice<UInt8>) -> Int? {
    var isQuoted = false
    for index in line.indices {
      switch line[index] {
      case 0x22: isQuoted.toggle()
      case 0x3A where !isQuoted: return index
      default: break
      }
    }
    return nil
  }

  private static func unfolded(_ octets: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var isAtStart = false
    for byte in octets {
      switch byte {
      case 0x0A: isAtStart = true
      case 0x0D: break
      case 0x20, 0x09:
        if !isAtStart { plain.append(byte) }
        isAtStart = false
      default:
        plain.append(byte)
        isAtStart = false
      }
    }
    return plain
  }

  /// `FILENAME=` (RFC 8607 §4.2) or what programs wrote before it.
  private static func name(in head: ArraySlice<UInt8>) -> String {
    for parameter in head.split(separator: 0x3B).dropFirst() {
      let pair = parameter.split(separator: 0x3D, maxSplits: 1)
      guard pair.count == 2, text(pair[0]).hasSuffix("FILENAME") else { continue }
      return String(decoding: pair[1].filter { $0 != 0x22 }, as: UTF8.self)
    }
    return ""
  }

  private static func text(_ octets: some Collection<UInt8>) -> String {
    String(decoding: octets, as: UTF8.self).uppercased()
  }
}
