package import Mail

/// A header section as signatures see it: the same fields as everybody else sees, found by name.
///
/// Built once a message, so that a thousand signatures over ten thousand fields cost no more than
/// their sum.
package struct SignatureHeader: Sendable {
  package let bytes: [UInt8]
  package let fields: [HeaderFields.Field]
  /// Where the body begins in `bytes`.
  package let bodyStart: Int
  /// Beyond `sizeLimit` or `HeaderFields.countLimit`: no signature over it is judged.
  package let isTooLarge: Bool

  /// Whether some readers see fields behind its end: a line that is no field ended it.
  package let mayGoOn: Bool

  /// Octets of a header section that is canonicalised: four times what large mail has, and small
  /// enough that ten signatures over all of it take milliseconds.
  package static let sizeLimit = 1 << 20

  /// Places in `fields` by lower-case name, topmost first.
  private let places: [String: [Int]]

  /// Reads the section from the front of `message`, which may but need not hold the body.
  package init(_ message: [UInt8]) {
    let header = HeaderFields(message)
    bytes = message
    fields = header.fields
    bodyStart = header.bodyStart
    mayGoOn = header.end == .strangeLine
    isTooLarge = header.bodyStart > Self.sizeLimit || header.isTooMany
    var places: [String: [Int]] = [:]
    for (index, field) in header.fields.enumerated() {
      let name = SignatureCanonicalization.lowered(message[field.name])
      places[String(decoding: name, as: UTF8.self), default: []].append(index)
    }
    self.places = places
  }

  /// Whether a field can be put in front without changing what stands there: a first line that
  /// begins with a blank would become a part of it, and the line that mailbox files put in front of a
  /// message is passed over only while it is the first.
  var takesFieldInFront: Bool {
    let beginsBlank = bytes.first.map { SignatureCanonicalization.isBlank($0) } ?? false
    // Without a field nothing but the empty line may stand there.
    let isAtFront = fields.first.map { $0.name.lowerBound == 0 } ?? (bodyStart <= 2)
    return !beginsBlank && isAtFront
  }

  /// The fields of a lower-case name, topmost first.
  package func places(of name: String) -> [Int] { places[name] ?? [] }

  package func value(_ place: Int) -> ArraySlice<UInt8> { bytes[fields[place].value] }

  /// Appends a field as it is hashed.
  func append(
    _ place: Int, _ canonicalization: SignatureCanonicalization, to output: inout [UInt8]
  ) {
    let field = fields[place]
    canonicalization.appendField(
      name: bytes[field.name], value: bytes[field.value], to: &output)
  }

  /// The fields that `h=` names, from the bottom up where a name stands more than once; a name
  /// without a field left gives nothing (RFC 6376 §5.4.2). A signature never signs itself (§3.5),
  /// so `own` is passed over.
  func select(_ names: [String], without own: Int?) -> [Int] {
    var taken: [String: Int] = [:]
    return names.compactMap { name in
      let all = places(of: name)
      var left = all.count - taken[name, default: 0]
      if left > 0, all[left - 1] == own {
        taken[name, default: 0] += 1
        left -= 1
      }
      guard left > 0 else { return nil }
      taken[name, default: 0] += 1
      return all[left - 1]
    }
  }

  /// What a signature signs: the chosen fields, then its own with an empty `b=` and without the
  /// last CRLF (RFC 6376 §3.7).
  package func signedOctets(
    _ names: [String], _ canonicalization: SignatureCanonicalization, own: Int, blanked: [UInt8]
  ) -> [UInt8] {
    var octets: [UInt8] = []
    for place in select(names, without: own) { append(place, canonicalization, to: &octets) }
    canonicalization.appendField(
      name: bytes[fields[own].name], value: blanked[...], to: &octets)
    octets.removeLast(2)
    return octets
  }
}
