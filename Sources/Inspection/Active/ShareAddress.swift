import Mail

/// An address of a file on another computer: `\\host\share\a`, `file://host/share/a`, `\\host@80\a` (WebDAV).
/// Windows fetches what stands there and logs in by itself, which gives away the reader's login; and what is
/// started from there never came by mail.
struct ShareAddress {
  let host: String

  /// Octets that are looked at.
  static let sizeLimit = 300

  /// The beginning of `text`, up to its host; nil where it is no such address or on the reader's own disk.
  init?(_ text: some Sequence<UInt8>) {
    var rest = Array(text.prefix(Self.sizeLimit))[...].drop { $0 <= 0x20 }
    let scheme = Array("file:".utf8)
    let isFile = rest.prefix(scheme.count).map(\.lowered).elementsEqual(scheme)
    if isFile { rest = rest.dropFirst(scheme.count) }
    let slashes = rest.prefix(while: Self.isSlash)
    // `file:///C:/…` is a disk; `\\host` has no scheme before it.
    let isShare =
      isFile
      ? slashes.count == 2 || slashes.count > 3 : slashes.prefix(2).elementsEqual([0x5C, 0x5C])
    guard isShare else { return nil }
    let name = rest.dropFirst(slashes.count).prefix {
      (0x21...0x7E).contains($0) && !Self.isSlash($0) && !Self.isQuote($0)
    }
    guard !name.isEmpty else { return nil }
    host = String(decoding: name, as: UTF8.self).lowercased()
  }

  /// Whether it leads out of the reader's network, as far as that shows: an address of the internet, or a
  /// port, which names of a company's own servers never have.
  var isForeign: Bool {
    if host.contains("@") || host.hasSuffix(".ipv6-literal.net") { return true }
    return IPAddress(host).map { !$0.isPrivate && !$0.isLoopback } ?? false
  }

  private static func isSlash(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x5C }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == 0x22 || byte == 0x27 || byte == 0x3C || byte == 0x3E
  }
}
