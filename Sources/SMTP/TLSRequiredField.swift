package import Mail

/// The header field by which a sender says that a message needs no protection on its way (RFC 8689 §3):
/// `TLS-Required: No`. Anything else in it, or a second one, says nothing.
package enum TLSRequiredField {
  package static func isNo(_ header: HeaderFields) -> Bool {
    let fields = header.all("TLS-Required")
    guard fields.count == 1, let value = fields.first else { return false }
    let words = header.unfolded(value).split { $0 <= 0x20 }
    return words.count == 1 && words[0].lazy.map { $0 | 0x20 }.elementsEqual("no".utf8)
  }
}
