/// What a zone file says: records by name, and which questions fail.
///
/// A value to ask: `answer` follows RFC 1034 §4.3.2 as far as one server knows all, wildcards
/// (RFC 4592) and aliases included; there is no delegation.
package struct Zone: Sendable {
  /// What stands at one name; nothing at a name that only has others below it.
  struct Node: Sendable {
    private(set) var records: [RecordType: [[UInt8]]] = [:]
    var alias: DNSName?
    /// Questions for these types fail, whatever records there are.
    var failures: [RecordType: DNSFailure] = [:]
    /// Every question fails that no record answers.
    var otherwise: DNSFailure?

    /// RFC 2181 §5: what stands twice stands once.
    mutating func add(_ type: RecordType, _ record: [UInt8]) {
      if seen.insert(record + [UInt8(type.number >> 8), UInt8(type.number & 0xFF)]).inserted {
        records[type, default: []].append(record)
      }
    }

    private var seen: Set<[UInt8]> = []
  }

  private var nodes: [DNSName: Node] = [.root: Node()]
  /// Names from which downwards DNSSEC proves everything, or nothing.
  private var proofs: [DNSName: Bool]

  /// RFC 1034 §3.6.2 wants no chains; libunbound follows eleven.
  private static let aliasLimit = 11

  /// One without records. `isSecure` is what holds where no directive says otherwise.
  init(isSecure: Bool) { proofs = [.root: isSecure] }

  mutating func edit<Failure: Error>(
    _ name: DNSName, _ change: (inout Node) throws(Failure) -> Void
  ) throws(Failure) {
    var above = name.parent
    while let parent = above, nodes[parent] == nil {
      nodes[parent] = Node()
      above = parent.parent
    }
    try change(&nodes[name, default: Node()])
  }

  mutating func setSecure(_ isSecure: Bool, from name: DNSName) { proofs[name] = isSecure }

  /// The records of one type, through aliases.
  package func answer(
    _ type: RecordType, of name: DNSName
  ) -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    var (place, isSecure) = (name, true)
    for _ in 0...Self.aliasLimit {
      guard let node = node(at: place) else { return .failure(.noSuchName) }
      isSecure = isSecure && isProved(place)
      if let failure = node.failures[type] { return .failure(failure) }
      if let records = node.records[type] {
        let canonicalName = place == name ? nil : place
        return .success(
          DNSAnswer(records, isSecure: isSecure, canonicalName: canonicalName))
      }
      guard let alias = node.alias else { return .failure(node.otherwise ?? .noRecords) }
      if type == .cname {  // RFC 1034 §4.3.2 step 3a: asked for, it is not followed
        return .success(DNSAnswer([alias.wire], isSecure: isSecure))
      }
      place = alias
    }
    return .failure(.serverFailure("SERVFAIL"))
  }

  /// The node of a name, or of the wildcard that answers for it: the one below the longest name above
  /// that exists, and no other (RFC 4592 §3.3.1).
  private func node(at name: DNSName) -> Node? {
    if let node = nodes[name] { return node }
    var above = name.parent
    while let encloser = above {
      if nodes[encloser] != nil {
        return DNSName("*", below: encloser).flatMap { nodes[$0] }
      }
      above = encloser.parent
    }
    return nil
  }

  private func isProved(_ name: DNSName) -> Bool {
    var next: DNSName? = name
    while let place = next {
      if let isSecure = proofs[place] { return isSecure }
      next = place.parent
    }
    return false
  }
}
