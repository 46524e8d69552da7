import Mail

/// Finds what stands right of each `@` in an address list, groups included (RFC 5322 §3.4, §4.4):
///
///     address-list = *( [address] "," ) [address]
///     address      = mailbox / display-name ":" [mailbox-list] ";"
///     mailbox      = [display-name] "<" [route] addr-spec ">" / addr-spec
///
/// It reads tokens, so that neither a quoted string nor a comment can pose as an address, and gives
/// up on what two readers might read differently: a second `@`, an address outside brackets beside
/// one within, quotes and comments without an end.
struct AddressListParser {
  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var found: [[UInt8]] = []

  /// Octets of one field.
  static let lengthLimit = 65_536
  /// Addresses of one field.
  static let countLimit = 500
  /// Comments inside comments.
  static let depthLimit = 32

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  /// What was read of one address so far.
  private struct Element {
    var host: [UInt8]?
    var hasWords = false
    var isBracketed = false
  }

  /// The hosts as they stand, without comments and blanks, literals with their brackets; nil for
  /// what is no address list.
  mutating func hosts() -> [[UInt8]]? {
    guard bytes.count <= Self.lengthLimit else { return nil }
    var element = Element()
    var isGroup = false
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x20, 0x09, 0x0D, 0x0A: continue
      case 0x28: guard skipComment() else { return nil }
      case 0x22:
        guard !element.isBracketed, element.host == nil, skipQuoted() else { return nil }
        element.hasWords = true
      case 0x3C:
        guard !element.isBracketed, element.host == nil, angle(&element) else { return nil }
      case 0x40:
        guard !element.isBracketed, element.host == nil, element.hasWords else { return nil }
        element.host = []
      case 0x3A:
        guard !isGroup, element.host == nil, !element.isBracketed else { return nil }
        (isGroup, element) = (true, Element())
      case 0x2C, 0x3B:
        guard byte == 0x2C || isGroup, finish(&element) else { return nil }
        if byte == 0x3B { isGroup = false }
      case 0x5B: guard literal(&element) else { return nil }
      case 0x3E, 0x29, 0x5D, 0x5C: return nil
      default: guard word(byte, &element) else { return nil }
      }
    }
    return !isGroup && finish(&element) ? found : nil
  }

  /// An atom's octets or a dot.
  private mutating func word(_ first: UInt8, _ element: inout Element) -> Bool {
    guard !element.isBracketed, first > 0x20, first != 0x7F else { return false }
    index -= 1
    while index < bytes.endIndex, MailboxParser.isAtomText(bytes[index]) || bytes[index] == 0x2E {
      if element.host == nil {
        element.hasWords = true
      } else {
        // `example . com` is obsolete and one name; `example com` is none.
        let isDot = bytes[index] == 0x2E
        let isApart = index > bytes.startIndex && !isHostByte(bytes[index - 1])
        if isApart, !isDot, element.host?.isEmpty == false, element.host?.last != 0x2E {
          return false
        }
        element.host?.append(bytes[index])
      }
      index += 1
    }
    return true
  }

  private func isHostByte(_ byte: UInt8) -> Bool {
    MailboxParser.isAtomText(byte) || byte == 0x2E
  }

  /// An address literal behind the `@`. In a name square brackets are no letters, but many write
  /// them (`Taro [Sales] <taro@example.jp>`), and no reader takes them for an address.
  private mutating func literal(_ element: inout Element) -> Bool {
    guard let end = bytes[index...].firstIndex(of: 0x5D) else { return false }
    switch element.host {
    case nil: element.hasWords = true
    case .some([]): element.host = Array(bytes[(index - 1)...end])
    case .some: return false
    }
    index = end + 1
    return true
  }

  /// `"<" [obs-route] local-part "@" domain ">"`; `<>` names nobody.
  private mutating func angle(_ element: inout Element) -> Bool {
    var inner = Element()
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x20, 0x09, 0x0D, 0x0A: continue
      case 0x28: guard skipComment() else { return false }
      case 0x22:
        guard inner.host == nil, skipQuoted() else { return false }
        inner.hasWords = true
      case 0x40:
        if !inner.hasWords, inner.host == nil {
          // `@a,@b:` before the address (RFC 5322 §4.4); what it names is not the author.
          guard skipRoute() else { return false }
        } else {
          guard inner.host == nil else { return false }
          inner.host = []
        }
      case 0x5B: guard literal(&inner) else { return false }
      case 0x3E:
        guard inner.host != nil || !inner.hasWords, inner.host?.isEmpty != true else {
          return false
        }
        element.isBracketed = true
        element.host = inner.host
        return true
      default: guard isHostByte(byte), word(byte, &inner) else { return false }
      }
    }
    return false
  }

  private mutating func skipRoute() -> Bool {
    let route = bytes[index...].prefix { isHostByte($0) || $0 == 0x40 || $0 == 0x2C || $0 <= 0x20 }
    guard route.endIndex < bytes.endIndex, bytes[route.endIndex] == 0x3A else { return false }
    index = route.endIndex + 1
    return true
  }

  private mutating func finish(_ element: inout Element) -> Bool {
    defer { element = Element() }
    if let host = element.host {
      guard !host.isEmpty, found.count < Self.countLimit else { return false }
      found.append(host)
      return true
    }
    // Words alone name nobody: `From: root` has no domain. Nothing at all is an empty list's
    // element.
    return true
  }

  private mutating func skipQuoted() -> Bool {
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += byte == 0x5C ? 2 : 1
      if byte == 0x22 { return true }
    }
    return false
  }

  private mutating func skipComment() -> Bool {
    var depth = 1
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += byte == 0x5C ? 2 : 1
      if byte == 0x28 { depth += 1 }
      if byte == 0x29 { depth -= 1 }
      if depth == 0 { return true }
      if depth > Self.depthLimit { return false }
    }
    return false
  }
}
