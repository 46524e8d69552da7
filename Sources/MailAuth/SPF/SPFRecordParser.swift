package import Mail

/// Reads SPF records (RFC 7208 §4.6.1, §12):
///
///     record    = "v=spf1" *( 1*SP ( directive / modifier ) ) *SP
///     directive = [ "+" / "-" / "?" / "~" ] mechanism
///     modifier  = name "=" macro-string      ; "redirect" and "exp" have a domain-spec there
///
/// Strict to the last octet: a record with an error anywhere is an error (§4.6), and only blanks
/// separate terms. Octets beyond ASCII are errors wherever they stand (§3.1).
package struct SPFRecordParser {
  private var directives: [SPFDirective] = []
  private var redirect: SPFMacroText?
  private var explanation: SPFMacroText?

  private static let version = Array("v=spf1".utf8)

  /// Whether a TXT record claims to be SPF (RFC 7208 §4.5): `v=spf1` in any case, then a blank or nothing.
  package static func isRecord(_ text: [UInt8]) -> Bool {
    guard text.count >= version.count else { return false }
    let front = text.prefix(version.count).map { SPFMacroParser.isLetter($0) ? $0 | 0x20 : $0 }
    return front == version && (text.count == version.count || text[version.count] == 0x20)
  }

  /// `text` is the record with its version; offsets of errors count from its start.
  package static func parse(_ text: [UInt8]) throws(SyntaxError) -> SPFRecord {
    guard isRecord(text) else { throw SyntaxError(expected: "v=spf1", at: 0) }
    var parser = SPFRecordParser()
    for term in text[version.count...].split(separator: 0x20) {
      do throws(SyntaxError) {
        try parser.term(term)
      } catch {
        throw SyntaxError(expected: error.expected, at: error.offset + term.startIndex)
      }
    }
    return SPFRecord(
      directives: parser.directives, redirect: parser.redirect, explanation: parser.explanation)
  }

  // Below, offsets count from the start of the term.

  private mutating func term(_ term: ArraySlice<UInt8>) throws(SyntaxError) {
    // name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
    let name = term.prefix { Self.isNameOctet($0) }
    let (at, next) = (name.endIndex, name.endIndex - term.startIndex)
    guard at < term.endIndex, term[at] == 0x3D else { return try directive(term) }
    guard let first = name.first, SPFMacroParser.isLetter(first) else {
      throw SyntaxError(expected: "a modifier's name", at: 0)
    }
    do throws(SyntaxError) {
      try modifier(Self.lowercased(name), term[(at + 1)...])
    } catch {
      throw SyntaxError(expected: error.expected, at: error.offset + next + 1)
    }
  }

  /// A known name is never an unknown modifier, whatever stands behind it (RFC 7208 §6).
  private mutating func modifier(
    _ name: String, _ value: ArraySlice<UInt8>
  ) throws(SyntaxError) {
    switch name {
    case "redirect":
      guard redirect == nil else { throw SyntaxError(expected: "redirect= once", at: 0) }
      redirect = try SPFMacroParser.parse(value, as: .domain)
    case "exp":
      guard explanation == nil else { throw SyntaxError(expected: "exp= once", at: 0) }
      explanation = try SPFMacroParser.parse(value, as: .domain)
    default: _ = try SPFMacroParser.parse(value, as: .modifier)
    }
  }

  private mutating func directive(_ term: ArraySlice<UInt8>) throws(SyntaxError) {
    let sign = term.first.flatMap(SPFQualifier.init)
    let body = sign == nil ? term : term.dropFirst()
    let nameEnd = body.firstIndex { $0 == 0x3A || $0 == 0x2F } ?? body.endIndex
    let mechanism: SPFMechanism
    do throws(SyntaxError) {
      mechanism = try Self.mechanism(body[..<nameEnd], body[nameEnd...])
    } catch {
      throw SyntaxError(
        expected: error.expected, at: error.offset + nameEnd - term.startIndex)
    }
    directives.append(
      SPFDirective(
        qualifier: sign ?? .pass, mechanism: mechanism,
        text: String(decoding: term, as: UTF8.self)))
  }

  /// `rest` begins with the colon or slash behind the name, or is empty; offsets count from there.
  private static func mechanism(
    _ name: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>
  ) throws(SyntaxError) -> SPFMechanism {
    switch lowercased(name) {
    case "all":
      guard rest.isEmpty else { throw SyntaxError(expected: "nothing behind \"all\"", at: 0) }
      return .all
    case "include": return .include(try target(rest))
    case "exists": return .exists(try target(rest))
    case "ptr": return .ptr(rest.isEmpty ? nil : try target(rest))
    case "a", "mx":
      let (front, lengths) = try prefixLengths(rest)
      let target = front.isEmpty ? nil : try target(front)
      return name.count == 1 ? .a(target, lengths) : .mx(target, lengths)
    case "ip4": return .network(try network(rest, octets: 4))
    case "ip6": return .network(try network(rest, octets: 16))
    default: throw SyntaxError(expected: "a mechanism", at: -name.count)
    }
  }

  /// `":" domain-spec`
  private static func target(_ rest: ArraySlice<UInt8>) throws(SyntaxError) -> SPFMacroText {
    guard rest.first == 0x3A else { throw SyntaxError(expected: ": and a name", at: 0) }
    do throws(SyntaxError) {
      return try SPFMacroParser.parse(rest.dropFirst(), as: .domain)
    } catch {
      throw SyntaxError(expected: error.expected, at: error.offset + 1)
    }
  }

  /// `dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]` is taken from the end, since a
  /// name before it may have slashes too. What it leaves is the name.
  private static func prefixLengths(
    _ rest: ArraySlice<UInt8>
  ) throws(SyntaxError) -> (front: ArraySlice<UInt8>, lengths: SPFPrefixLengths) {
    var (front, lengths) = (rest, SPFPrefixLengths())
    if let slash = slashBeforeDigits(front), slash > front.startIndex, front[slash - 1] == 0x2F {
      lengths.v6 = try length(front[(slash + 1)...], limit: 128, base: rest.startIndex)
      front = front[..<(slash - 1)]
    }
    if let slash = slashBeforeDigits(front) {
      lengths.v4 = try length(front[(slash + 1)...], limit: 32, base: rest.startIndex)
      front = front[..<slash]
    }
    return (front, lengths)
  }

  /// The slash that only digits follow to the end, one at least.
  private static func slashBeforeDigits(_ text: ArraySlice<UInt8>) -> Int? {
    guard let last = text.lastIndex(where: { !SPFMacroParser.isDigit($0) }) else { return nil }
    return text[last] == 0x2F && last + 1 < text.endIndex ? last : nil
  }

  /// `"0" / %x31-39 0*2DIGIT`: no zeros in front.
  private static func length(
    _ digits: ArraySlice<UInt8>, limit: Int, base: Int
  ) throws(SyntaxError) -> Int {
    let wrong = SyntaxError(
      expected: "a prefix length up to \(limit)", at: digits.startIndex - base)
    guard (1...3).contains(digits.count), digits.allSatisfy(SPFMacroParser.isDigit),
      digits.count == 1 || digits.first != 0x30
    else { throw wrong }
    let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard length <= limit else { throw wrong }
    return length
  }

  /// `":" ip4-network [ "/" length ]`, or the same of IPv6.
  private static func network(
    _ rest: ArraySlice<UInt8>, octets count: Int
  ) throws(SyntaxError) -> SPFNetwork {
    guard rest.first == 0x3A else { throw SyntaxError(expected: ": and an address", at: 0) }
    let slash = rest.firstIndex(of: 0x2F)
    let text = rest[(rest.startIndex + 1)..<(slash ?? rest.endIndex)]
    let isSix = count == 16
    guard text.allSatisfy({ $0 < 0x80 }), text.contains(0x3A) == isSix,
      let address = IPAddress(String(decoding: text, as: UTF8.self))
    else { throw SyntaxError(expected: "an \(isSix ? "IPv6" : "IPv4") address", at: 1) }
    var octets = address.octets
    // IPAddress holds a mapped address as IPv4; here it must not become one.
    if octets.count < count { octets = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + octets }
    var bits = count * 8
    if let slash {
      bits = try length(rest[(slash + 1)...], limit: bits, base: rest.startIndex)
    }
    return SPFNetwork(octets: octets, length: bits)
  }

  private static func isNameOctet(_ byte: UInt8) -> Bool {
    SPFMacroParser.isLetter(byte) || SPFMacroParser.isDigit(byte) || byte == 0x2D || byte == 0x5F
      || byte == 0x2E
  }

  private static func lowercased(_ octets: ArraySlice<UInt8>) -> String {
    String(decoding: octets.map { SPFMacroParser.isLetter($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
