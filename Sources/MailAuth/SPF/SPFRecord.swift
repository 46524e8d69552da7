import Mail

/// An SPF record (RFC 7208 §4.6): who may send mail in a domain's name.
package struct SPFRecord: Hashable, Sendable {
  /// In the order in which they are asked.
  package let directives: [SPFDirective]
  /// The domain whose record decides when no directive does (RFC 7208 §6.1).
  let redirect: SPFMacroText?
  /// Where the words stand that a refused sender is told (RFC 7208 §6.2).
  let explanation: SPFMacroText?
}

/// A mechanism and what a match of it means.
package struct SPFDirective: Hashable, Sendable {
  package let qualifier: SPFQualifier
  let mechanism: SPFMechanism
  /// As it stands in the record.
  package let text: String
}

/// RFC 7208 §4.6.2: `+`, which may be left out, `-`, `~` and `?`.
package enum SPFQualifier: UInt8, Hashable, Sendable {
  case pass = 0x2B
  case fail = 0x2D
  case softfail = 0x7E
  case neutral = 0x3F

  package var result: SPFResult {
    switch self {
    case .pass: .pass
    case .fail: .fail
    case .softfail: .softfail
    case .neutral: .neutral
    }
  }
}

/// What a client is compared with (RFC 7208 §5). A mechanism without a name means the domain itself.
enum SPFMechanism: Hashable, Sendable {
  case all
  case include(SPFMacroText)
  case a(SPFMacroText?, SPFPrefixLengths)
  case mx(SPFMacroText?, SPFPrefixLengths)
  case ptr(SPFMacroText?)
  /// `ip4` and `ip6`.
  case network(SPFNetwork)
  case exists(SPFMacroText)
}

/// `dual-cidr-length`: how much of an address must be equal, by family.
struct SPFPrefixLengths: Hashable, Sendable {
  var v4 = 32
  var v6 = 128

  func network(around address: IPAddress) -> SPFNetwork {
    let octets = address.octets
    return SPFNetwork(octets: octets, length: octets.count == 4 ? v4 : v6)
  }
}

/// Addresses that begin alike. Not `Network`: here bits beyond the length may be set, and an IPv4-mapped
/// IPv6 network stays IPv6, which no client has (RFC 7208 §5).
struct SPFNetwork: Hashable, Sendable {
  let octets: [UInt8]
  let length: Int

  func contains(_ address: IPAddress) -> Bool {
    let other = address.octets
    guard other.count == octets.count else { return false }
    let (whole, bits) = length.quotientAndRemainder(dividingBy: 8)
    guard octets[..<whole] == other[..<whole] else { return false }
    return bits == 0 || (octets[whole] ^ other[whole]) >> UInt8(8 - bits) == 0
  }
}
