/// What Outlook packs into `winmail.dat` (MS-OXTNEF): attachments, and bodies that no other part has.
package struct TNEF: Sendable {
  /// One file within.
  package struct Attachment: Hashable, Sendable {
    package internal(set) var name: [UInt8] = []
    /// `PidTagAttachLongFilename`, UTF-8; preferred where both are given and differ.
    package internal(set) var longName: String?
    package internal(set) var mimeType: String?
    package internal(set) var octets: [UInt8] = []
  }

  package private(set) var attachments: [Attachment] = []
  package private(set) var plainBody: [UInt8]?
  package private(set) var htmlBody: [UInt8]?
  /// Decompressed (MS-OXRTFCP).
  package private(set) var richBody: [UInt8]?
  /// Paths on other computers among the message's named properties: a reminder's sound is fetched without
  /// a click, and tells the reader's login to whoever has it.
  package private(set) var shares: [String] = []
  /// The code page of 8-bit strings.
  package private(set) var codePage: Int?
  package private(set) var flaws: [DecodedBody.Flaw] = []

  private static let signature = 0x223E_9F78
  static let attachmentLimit = 1000
  private static let shareLimit = 10

  /// Attribute identifiers (MS-OXTNEF §2.1.3.2).
  private enum Attribute {
    static let codePage = 0x0006_9007
    static let body = 0x0002_800C
    static let properties = 0x0006_9003
    static let attachmentBegins = 0x0006_9002
    static let attachmentTitle = 0x0001_8010
    static let attachmentOctets = 0x0006_800F
    static let attachmentProperties = 0x0006_9005
  }

  /// Nil when the signature is not there.
  package init?(_ bytes: [UInt8]) {
    var reader = LittleEndianReader(bytes[...])
    guard reader.integer(4) == Self.signature, reader.integer(2) != nil else { return nil }
    while !reader.isAtEnd {
      let start = reader.at
      guard reader.integer(1) != nil, let id = reader.integer(4), let length = reader.integer(4),
        let value = reader.octets(length), let checksum = reader.integer(2)
      else {
        flaws.append(.init(kind: .tnefSyntax, range: start..<bytes.count))
        return
      }
      if value.reduce(0, { $0 &+ Int($1) }) & 0xFFFF != checksum, !hasFlaw(.tnefChecksum) {
        flaws.append(.init(kind: .tnefChecksum, range: start..<reader.at))
      }
      take(id, value)
    }
  }

  private func hasFlaw(_ kind: Defect.Kind) -> Bool { flaws.contains { $0.kind == kind } }

  private mutating func take(_ id: Int, _ value: ArraySlice<UInt8>) {
    switch id {
    case Attribute.codePage:
      var reader = LittleEndianReader(value)
      codePage = reader.integer(4)
    case Attribute.body: plainBody = Array(value.prefix { $0 != 0 })
    case Attribute.properties: takeBodies(value)
    case Attribute.attachmentBegins where attachments.count < Self.attachmentLimit:
      attachments.append(Attachment())
    case Attribute.attachmentBegins:
      if !hasFlaw(.limitParts) { flaws.append(.init(kind: .limitParts, range: 0..<0)) }
    case Attribute.attachmentTitle: lastAttachment { $0.name = Array(value.prefix { $0 != 0 }) }
    case Attribute.attachmentOctets: lastAttachment { $0.octets = Array(value) }
    case Attribute.attachmentProperties: takeAttachmentProperties(value)
    default: break
    }
  }

  private mutating func lastAttachment(_ change: (inout Attachment) -> Void) {
    if attachments.isEmpty { attachments.append(Attachment()) }
    change(&attachments[attachments.count - 1])
  }

  private mutating func properties(_ value: ArraySlice<UInt8>) -> [MAPIProperty] {
    let (properties, isWhole) = MAPIProperty.all(in: value)
    if !isWhole, !hasFlaw(.tnefSyntax) {
      flaws.append(.init(kind: .tnefSyntax, range: value.startIndex..<value.endIndex))
    }
    return properties
  }

  private mutating func takeBodies(_ value: ArraySlice<UInt8>) {
    for property in properties(value) {
      switch property.id {
      case 0x1000: plainBody = plainBody ?? Array(property.text.utf8)
      case 0x1013: htmlBody = Array(property.value)
      case 0x1009:
        richBody = CompressedRTF.expanded(property.value)
        if richBody == nil {
          flaws.append(
            .init(kind: .tnefSyntax, range: property.value.startIndex..<property.value.endIndex))
        }
      case 0x8000... where property.isShare && shares.count < Self.shareLimit:
        shares.append(property.text)
      default: break
      }
    }
  }

  private mutating func takeAttachmentProperties(_ value: ArraySlice<UInt8>) {
    for property in properties(value) {
      lastAttachment { attachment in
        switch property.id {
        case 0x3707: attachment.longName = property.text
        case 0x3704 where attachment.name.isEmpty: attachment.name = Array(property.text.utf8)
        case 0x370E: attachment.mimeType = property.text
        // An embedded object begins with the 16 octets of its interface.
        case 0x3701 where attachment.octets.isEmpty:
          attachment.octets = Array(
            property.isObject ? property.value.dropFirst(16) : property.value)
        default: break
        }
      }
    }
  }
}

/// Reads numbers of 1 to 8 octets, least first.
struct LittleEndianReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var at: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  var isAtEnd: Bool { at >= bytes.endIndex }

  mutating func integer(_ count: Int) -> Int? {
    octets(count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func octets(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= bytes.endIndex - at else { return nil }
    defer { at += count }
    return bytes[at..<(at + count)]
  }
}
