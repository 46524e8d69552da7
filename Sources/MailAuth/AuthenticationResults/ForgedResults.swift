package import Mail

/// Finds Authentication-Results fields that came from outside and claim to be ours (RFC 8601 §5).
///
/// A field goes when its server is one of ours, by whatever spelling, and also when no server can
/// be read from it, for what we can't read another program may read as ours. Fields of others stay:
/// they are the sender's side's words and are known as such.
package struct ForgedResults: Sendable {
  private let names: Set<String>
  private let domains: Set<Domain>

  /// `names` are our server names: what we write, and what we wrote before.
  package init(names: some Sequence<String>) {
    let names = Array(names)
    self.names = Set(names.map { $0.lowercased() })
    domains = Set(names.compactMap { Domain($0) })
  }

  /// The places of such fields, from the name to behind the line's end, in order.
  package func ranges(in fields: HeaderFields, of bytes: [UInt8]) -> [Range<Int>] {
    ranges(fields.fields, bytes)
  }

  package func ranges(in header: SignatureHeader) -> [Range<Int>] {
    ranges(header.fields, header.bytes)
  }

  private func ranges(_ fields: [HeaderFields.Field], _ bytes: [UInt8]) -> [Range<Int>] {
    fields.compactMap { field in
      guard isResults(bytes[field.name]), isForged(bytes[field.value]) else { return nil }
      let end = bytes[field.value.upperBound...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      return field.name.lowerBound..<end
    }
  }

  /// Whether a field of this value goes.
  package func isForged(_ value: ArraySlice<UInt8>) -> Bool {
    var parser = AuthenticationResultsParser(value)
    guard let server = try? parser.server() else { return true }
    return isOurs(server.id) || (try? parser.semicolon()) == nil && mayBeOurs(value)
  }

  private func isOurs(_ id: String) -> Bool {
    // `example.jp/1` is how the version was once written (RFC 5451 §2.2).
    let name = id.lowercased().utf8.prefix { $0 != 0x2F }
    let bare = Array(name.last == 0x2E ? name.dropLast() : name)
    if bare.isEmpty { return true }
    if let domain = try? Domain(parsing: bare), domains.contains(domain) { return true }
    if !bare.allSatisfy({ $0 < 0x80 }), let domain = WebHost.mapped(bare), domains.contains(domain)
    {
      return true
    }
    guard (try? Domain(parsing: bare)) == nil else { return false }
    // No domain, so a careless reader may find our name anywhere in it.
    return names.contains { bare.firstRange(of: Array($0.utf8)) != nil }
  }

  /// Where more follows a server's name than may, a reader that leaves out comments and blanks reads on:
  /// `mx (x) .example.jp`.
  private func mayBeOurs(_ value: ArraySlice<UInt8>) -> Bool {
    var (depth, bare): (Int, [UInt8]) = (0, [])
    reading: for byte in value {
      switch byte {
      case 0x28: depth += 1
      case 0x29: depth = max(0, depth - 1)
      case 0x3B where depth == 0: break reading
      case 0x00...0x20, 0x22, 0x5C: continue
      default: if depth == 0 { bare.append(byte) }
      }
    }
    let text = Array(String(decoding: bare, as: UTF8.self).lowercased().utf8)
    return names.contains { text.starts(with: $0.utf8) }
      || WebHost.mapped(text).map(domains.contains) == true
  }

  private func isResults(_ name: ArraySlice<UInt8>) -> Bool {
    let bare = name.filter { $0 != 0x20 && $0 != 0x09 }
    return bare.count == Self.name.count
      && zip(bare, Self.name).allSatisfy { $0 == $1 || $0 | 0x20 == $1 | 0x20 && $1 != 0x2D }
  }

  private static let name = Array("authentication-results".utf8)
}
