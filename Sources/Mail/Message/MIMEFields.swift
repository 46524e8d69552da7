/// The fields of a header section that say how to read the body, each as often as it stands there.
struct MIMEFields {
  private(set) var contentTypes: [HeaderFields.Field] = []
  private(set) var encodings: [HeaderFields.Field] = []
  private(set) var dispositions: [HeaderFields.Field] = []
  private(set) var hasVersion = false
  /// The first of them with white space before its colon.
  private(set) var spaced: HeaderFields.Field?
  /// The first repetition of a field that RFC 5322 §3.6 allows once.
  private(set) var repeated: HeaderFields.Field?

  private static let single: [StaticString] = [
    "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references",
    "subject", "date",
  ]

  /// `skipsSpaced`: fields with white space before the colon are not seen.
  init(_ header: HeaderFields, _ bytes: [UInt8], skipsSpaced: Bool = false) {
    var seen = 0
    for field in header.fields where !(skipsSpaced && field.hasSpaceBeforeColon) {
      switch bytes[field.name.lowerBound].lowered {
      case 0x63
      where bytes.holds("content-", at: field.name.lowerBound, before: field.name.upperBound):
        addContentField(field, bytes)
      case 0x6D where bytes.isText("mime-version", field.name): hasVersion = true
      default: noteRepetition(field, bytes, &seen)
      }
    }
  }

  private mutating func addContentField(_ field: HeaderFields.Field, _ bytes: [UInt8]) {
    let rest = (field.name.lowerBound + 8)..<field.name.upperBound
    if bytes.isText("type", rest) {
      contentTypes.append(field)
    } else if bytes.isText("transfer-encoding", rest) {
      encodings.append(field)
    } else if bytes.isText("disposition", rest) {
      dispositions.append(field)
    } else {
      return
    }
    if field.hasSpaceBeforeColon, spaced == nil { spaced = field }
  }

  private mutating func noteRepetition(
    _ field: HeaderFields.Field, _ bytes: [UInt8], _ seen: inout Int
  ) {
    guard repeated == nil, field.name.count <= 11,
      let index = Self.single.firstIndex(where: { bytes.isText($0, field.name) })
    else { return }
    if seen & (1 << index) != 0 { repeated = field }
    seen |= 1 << index
  }
}
