/// An enhanced status code (RFC 3463): `5.7.1`.
package struct EnhancedStatus: Hashable, Sendable {
  package let category: UInt8
  package let subject: UInt16
  package let detail: UInt16

  package init(_ category: UInt8, _ subject: UInt16, _ detail: UInt16) {
    self.category = category
    self.subject = subject
    self.detail = detail
  }
}

extension EnhancedStatus: CustomStringConvertible {
  package var description: String { "\(category).\(subject).\(detail)" }
}

/// One reply of an SMTP server: a code, perhaps an enhanced code, and lines of text (RFC 5321 §4.2).
package struct Reply: Hashable, Sendable {
  package var code: Int
  package var status: EnhancedStatus?
  /// Text lines without code, separator or CRLF. Never empty; a line holds no CR, LF or NUL.
  package var lines: [String]

  package init(_ code: Int, _ status: EnhancedStatus? = nil, _ lines: String...) {
    self.init(code: code, status: status, lines: lines)
  }

  package init(code: Int, status: EnhancedStatus?, lines: [String]) {
    precondition((200...599).contains(code), "a reply code lies between 200 and 599")
    self.code = code
    self.status = status
    self.lines = lines.isEmpty ? [""] : lines
  }

  /// 2yz or 3yz.
  package var isPositive: Bool { code < 400 }
  /// 4yz: the same command may succeed later.
  package var isTemporary: Bool { (400..<500).contains(code) }
  /// 5yz.
  package var isPermanent: Bool { code >= 500 }

  /// On one line, as logs and traces have it: `550 5.1.1 No such user`.
  package var words: String {
    let status = status.map { "\($0) " } ?? ""
    return "\(code) \(status)" + lines.joined(separator: " ")
  }

  /// The reply as it goes over the wire, CRLF after every line.
  package var wire: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 16 })
    for (index, line) in lines.enumerated() {
      bytes += "\(code)".utf8
      bytes.append(index == lines.count - 1 ? 0x20 : 0x2D)
      if let status { bytes += "\(status) ".utf8 }
      bytes += line.utf8
      bytes += [0x0D, 0x0A]
    }
    return bytes
  }
}
