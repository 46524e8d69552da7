package import Mail

/// The header a load balancer sends first, version 1 (a line) or 2 (binary); HAProxy's PROXY protocol.
package struct ProxyHeader: Hashable, Sendable {
  /// Who is behind the proxy.
  package struct Source: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16
  }

  /// Nil when the proxy speaks for itself (LOCAL, UNKNOWN): a health check.
  package let source: Source?

  package enum Outcome: Hashable, Sendable {
    case incomplete
    case wrong
    case header(ProxyHeader, length: Int)
  }

  /// Reads a header from the front of `bytes`.
  package static func parse(_ bytes: ArraySlice<UInt8>) -> Outcome {
    let signature = bytes.prefix(binarySignature.count)
    if binarySignature.starts(with: signature) { return binary(bytes) }
    if "PROXY ".utf8.starts(with: bytes.prefix(6)) { return line(bytes) }
    return .wrong
  }

  private static let binarySignature: [UInt8] = [
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
  ]
  /// The longest version-1 line with CRLF, by the specification.
  private static let lineLimit = 107

  /// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 25` CRLF.
  private static func line(_ bytes: ArraySlice<UInt8>) -> Outcome {
    guard let lf = bytes.prefix(lineLimit).firstIndex(of: 0x0A) else {
      return bytes.count >= lineLimit ? .wrong : .incomplete
    }
    guard lf > bytes.startIndex, bytes[lf - 1] == 0x0D else { return .wrong }
    let words = bytes[..<(lf - 1)].split(separator: 0x20).map {
      String(decoding: $0, as: UTF8.self)
    }
    let length = lf + 1 - bytes.startIndex
    if words.count >= 2, words[1] == "UNKNOWN" {
      return .header(ProxyHeader(source: nil), length: length)
    }
    guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6",
      let address = IPAddress(words[2]), IPAddress(words[3]) != nil, let port = UInt16(words[4]),
      UInt16(words[5]) != nil
    else { return .wrong }
    return .header(ProxyHeader(source: Source(address: address, port: port)), length: length)
  }

  /// Signature, version and command, family, length, addresses, TLVs (ignored).
  private static func binary(_ bytes: ArraySlice<UInt8>) -> Outcome {
    let header = Array(bytes.prefix(16))
    guard header.count == 16 else { return .incomplete }
    let length = 16 + (Int(header[14]) << 8 | Int(header[15]))
    guard header[12] >> 4 == 2, length <= proxyHeaderLimit else { return .wrong }
    guard bytes.count >= length else { return .incomplete }
    guard header[12] & 15 == 1 else {
      return header[12] & 15 == 0 ? .header(ProxyHeader(source: nil), length: length) : .wrong
    }
    let body = Array(bytes.dropFirst(16).prefix(length - 16))
    let width = header[13] == 0x11 ? 4 : header[13] == 0x21 ? 16 : 0
    guard width > 0 else { return .header(ProxyHeader(source: nil), length: length) }
    guard body.count >= 2 * width + 4, let address = IPAddress(bytes: body[..<width]) else {
      return .wrong
    }
    let port = UInt16(body[2 * width]) << 8 | UInt16(body[2 * width + 1])
    return .header(ProxyHeader(source: Source(address: address, port: port)), length: length)
  }
}

/// Octets of a header with its TLVs that we are ready to read.
package let proxyHeaderLimit = 4096
