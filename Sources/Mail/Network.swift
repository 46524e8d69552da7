/// A range of addresses in CIDR form (RFC 4632): `192.0.2.0/24`.
package struct Network: Hashable, Sendable {
  package let base: IPAddress
  /// 0…32 for IPv4, 0…128 for IPv6.
  package let prefixLength: Int

  /// Nil when the length does not fit the family or the base has bits beyond it.
  package init?(base: IPAddress, prefixLength: Int) {
    let octets = base.octets
    guard (0...octets.count * 8).contains(prefixLength) else { return nil }
    let isAligned = octets.indices.allSatisfy { index in
      octets[index] & ~Self.mask(octet: index, prefixLength) == 0
    }
    guard isAligned else { return nil }
    self.base = base
    self.prefixLength = prefixLength
  }

  /// `10.0.0.0/8`, `2001:db8::/32`, or a bare address for that one host.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let base = parts.first.flatMap({ IPAddress($0) }) else { return nil }
    let bits = base.octets.count * 8
    guard parts.count == 2 else {
      self.init(base: base, prefixLength: bits)
      return
    }
    guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1])
    else { return nil }
    self.init(base: base, prefixLength: length)
  }

  /// The network of this length around an address; used to count clients by neighbourhood.
  package init(around address: IPAddress, v4Length: Int, v6Length: Int) {
    var octets = address.octets
    let length = octets.count == 4 ? v4Length : v6Length
    for index in octets.indices { octets[index] &= Self.mask(octet: index, length) }
    base = IPAddress(bytes: octets) ?? address
    prefixLength = length
  }

  package func contains(_ address: IPAddress) -> Bool {
    let own = base.octets
    let other = address.octets
    guard own.count == other.count else { return false }
    return own.indices.allSatisfy { index in
      (own[index] ^ other[index]) & Self.mask(octet: index, prefixLength) == 0
    }
  }

  package func contains(_ other: Network) -> Bool {
    prefixLength <= other.prefixLength && contains(other.base)
  }

  /// How many addresses it has; saturates for the large IPv6 ranges.
  package var count: Int {
    let hostBits = base.octets.count * 8 - prefixLength
    return hostBits >= 62 ? Int.max : 1 << hostBits
  }

  /// Whether any of its addresses can be reached from the internet.
  package var coversPublicSpace: Bool { !Network.private.contains { $0.contains(self) } }

  package static let loopback = known("127.0.0.0/8", "::1")

  /// Ranges that are never globally reachable (RFC 6890: RFC 1918, RFC 6598, RFC 3927, RFC 4193,
  /// RFC 4291, and the documentation ranges of RFC 5737 and RFC 3849 are not counted: nobody is there).
  package static let `private` =
    loopback
    + known(
      "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
      "fc00::/7", "fe80::/10")

  private static func known(_ texts: String...) -> [Network] { texts.compactMap { Network($0) } }

  private static func mask(octet index: Int, _ length: Int) -> UInt8 {
    let bits = min(max(length - 8 * index, 0), 8)
    return bits == 0 ? 0 : 0xFF << UInt8(8 - bits)
  }
}

extension Network: CustomStringConvertible {
  package var description: String {
    prefixLength == base.octets.count * 8 ? "\(base)" : "\(base)/\(prefixLength)"
  }
}
