/// A field of an ARC set: its place in the header and its instance (RFC 8617 §4.2.1).
protocol ARCField: Sendable {
  var place: Int { get }
  var instance: Int { get }
}

/// ARC-Authentication-Results (RFC 8617 §4.1.1): `i=1; mx.example.jp; spf=pass …`, unsigned by
/// itself.
struct ARCResults: ARCField {
  let place: Int
  let instance: Int
  /// Behind the first semicolon: the authserv-id and what it found.
  let payload: Range<Int>

  static func read(
    _ header: SignatureHeader, _ place: Int
  ) throws(SignatureFault) -> ARCResults {
    var cursor = ARCCursor(header.value(place))
    guard let instance = cursor.instance() else {
      throw SignatureFault(.chain, "a set's results have no instance")
    }
    return ARCResults(
      place: place, instance: instance, payload: cursor.position..<header.value(place).endIndex)
  }
}

/// ARC-Message-Signature (RFC 8617 §4.1.2): a DKIM signature without `v=`, its `i=` an instance.
struct ARCMessageSignature: ARCField {
  let place: Int
  let instance: Int
  let terms: SignatureTerms
  /// What it may mean: one reading, or two where `c=` is missing. RFC 6376 §3.5 says simple;
  /// signers and verifiers of ARC that take it for relaxed came first, and either way the message
  /// is what was signed.
  let readings: [SignatureScope]

  static func read(
    _ header: SignatureHeader, _ place: Int
  ) throws(SignatureFault) -> ARCMessageSignature {
    let value = header.value(place)
    let tags = try SignatureTerms.tags(value)
    var readings = [try SignatureScope(tags, forgivesEmptyNames: true, unnamed: .relaxed)]
    if tags.octets("c") == nil { readings += [try SignatureScope(tags, forgivesEmptyNames: true)] }
    // No ARC field may be signed, but ARC-Seal alone can't be: it is made last, over this one.
    // Signers that sign the others exist, and the published suite has them pass.
    guard !readings[0].names.contains("arc-seal") else {
      throw SignatureFault(.chain, "a set's signature claims to sign seals")
    }
    return ARCMessageSignature(
      place: place, instance: try ARCCursor.instance(tags), terms: try SignatureTerms(value, tags),
      readings: readings)
  }
}

/// ARC-Seal (RFC 8617 §4.1.3): binds all sets up to its own.
struct ARCSeal: ARCField {
  let place: Int
  let instance: Int
  let terms: SignatureTerms
  /// `cv=`: what its maker found the chain before it to be.
  let chain: ARCStatus

  static func read(
    _ header: SignatureHeader, _ place: Int
  ) throws(SignatureFault) -> ARCSeal {
    let value = header.value(place)
    let tags = try SignatureTerms.tags(value)
    guard tags.octets("h") == nil else {
      throw SignatureFault(.chain, "a seal has an h= tag, which may not be")
    }
    let verdict = String(decoding: try SignatureTerms.required("cv", tags), as: UTF8.self)
    guard let chain = ARCStatus(rawValue: verdict) else {
      throw SignatureFault(.chain, "a seal's cv= is unknown")
    }
    return ARCSeal(
      place: place, instance: try ARCCursor.instance(tags), terms: try SignatureTerms(value, tags),
      chain: chain)
  }
}

/// Reads instances: `"i" [FWS] "=" [FWS] 1*2DIGIT`, 1 to 50.
struct ARCCursor {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  static func instance(_ tags: TagList) throws(SignatureFault) -> Int {
    guard let instance = number(try SignatureTerms.required("i", tags)) else {
      throw SignatureFault(.chain, "a set's instance is no number from 1 to \(ARCChain.setLimit)")
    }
    return instance
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...2).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 & 15) }
    return (1...ARCChain.setLimit).contains(value) ? value : nil
  }

  /// `[CFWS] instance [CFWS] ";"` at the front of results.
  mutating func instance() -> Int? {
    skipBlanks()
    guard take(0x69) else { return nil }
    skipBlanks()
    guard take(0x3D) else { return nil }
    skipBlanks()
    let start = position
    while position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) { position += 1 }
    let digits = bytes[start..<position]
    skipBlanks()
    return take(0x3B) ? Self.number(digits) : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.endIndex, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// White space and comments, which nest: counted, not recursed into.
  private mutating func skipBlanks() {
    var depth = 0
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x20, 0x09, 0x0D, 0x0A: break
      case 0x28: depth += 1
      case 0x29 where depth > 0: depth -= 1
      case 0x5C where depth > 0: position += 1
      default: if depth == 0 { return }
      }
      position += 1
    }
    position = min(position, bytes.endIndex)
  }
}
