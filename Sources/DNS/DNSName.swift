package import Mail

/// A name as the DNS holds it: labels of any octets, letters compared without case (RFC 1035 §2.3,
/// RFC 2181 §11).
///
/// A `Domain` is a name that may stand in an address; this is every name that can be asked, such as
/// `_25._tcp.mail.example` or what an SPF macro expands to.
package struct DNSName: Hashable, Sendable {
  /// Each label behind its length, ended by the root's zero; A–Z as a–z.
  package let wire: [UInt8]

  /// RFC 1035 §2.3.4, the lengths and the root included.
  package static let lengthLimit = 255

  package static let root = DNSName(checked: [0])

  /// Labels from the left, the root not among them. Nil for an empty or long label, or too many.
  package init?(labels: some Sequence<some Collection<UInt8>>) {
    var wire: [UInt8] = []
    for label in labels {
      guard (1...Domain.labelLimit).contains(label.count),
        wire.count + label.count + 2 <= Self.lengthLimit
      else { return nil }
      wire.append(UInt8(label.count))
      wire += label.lazy.map(\.lowered)
    }
    self.init(checked: wire + [0])
  }

  /// Octets between dots, none of them escaped; a dot at the end is the root's.
  package init?(octets: some Collection<UInt8>) { self.init(octets: Array(octets)) }

  package init?(octets: [UInt8]) {
    var wire: [UInt8] = [0]
    wire.reserveCapacity(octets.count + 2)
    // Where the length of the label under way stands.
    var head = 0
    for byte in octets {
      guard byte == 0x2E else {
        wire[head] += 1
        guard wire[head] <= Domain.labelLimit, wire.count < Self.lengthLimit - 1 else { return nil }
        wire.append(byte.lowered)
        continue
      }
      guard wire[head] > 0 else { return nil }
      head = wire.count
      wire.append(0)
    }
    guard !octets.isEmpty else { return nil }
    // Without a dot at the end the root's zero is still to come.
    if wire[head] > 0 { wire.append(0) }
    guard wire.count <= Self.lengthLimit else { return nil }
    self.init(checked: wire)
  }

  /// A name of record data, uncompressed, from the first octet to the last.
  package init?(wire bytes: some Collection<UInt8>) {
    var labels: [Slice<[UInt8]>] = []
    let bytes = Array(bytes)
    var at = 0
    while at < bytes.count, bytes.count <= Self.lengthLimit {
      let end = at + 1 + Int(bytes[at])
      if bytes[at] == 0 {
        guard end == bytes.count else { return nil }
        self.init(labels: labels)
        return
      }
      guard end < bytes.count else { return nil }
      labels.append(Slice(base: bytes, bounds: (at + 1)..<end))
      at = end
    }
    return nil
  }

  package init(_ domain: Domain) {
    // Each dot becomes the length of what follows it.
    var wire = [0] + domain.ascii.utf8 + [0]
    var end = wire.count - 1
    for at in stride(from: end - 1, through: 0, by: -1) where at == 0 || wire[at] == 0x2E {
      wire[at] = UInt8(end - at - 1)
      end = at
    }
    self.init(checked: wire)
  }

  /// `DNSName("_25._tcp", below: host)`; nil when it would be too long.
  package init?(_ labels: String, below parent: DNSName) {
    let front = labels.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
    self.init(labels: front + parent.labels.map(Array.init))
  }

  private init(checked wire: [UInt8]) { self.wire = wire }

  /// From the left, without the root.
  package var labels: [ArraySlice<UInt8>] {
    var labels: [ArraySlice<UInt8>] = []
    var at = 0
    while wire[at] != 0 {
      let end = at + 1 + Int(wire[at])
      labels.append(wire[(at + 1)..<end])
      at = end
    }
    return labels
  }

  /// The name without its first label; nil for the root.
  package var parent: DNSName? {
    wire[0] == 0 ? nil : DNSName(checked: Array(wire[(1 + Int(wire[0]))...]))
  }

  /// Whether this is `other` or stands below it.
  package func isWithin(_ other: DNSName) -> Bool {
    var at = 0
    while wire.count - at > other.wire.count { at += 1 + Int(wire[at]) }
    return wire[at...].elementsEqual(other.wire)
  }

  /// As a host's name; nil for one that is none.
  package var domain: Domain? {
    let labels = labels
    let isPlain = labels.allSatisfy { $0.allSatisfy { $0 < 0x80 && $0 != 0x2E } }
    return isPlain ? try? Domain(parsing: Array(labels.joined(separator: [0x2E]))) : nil
  }
}
