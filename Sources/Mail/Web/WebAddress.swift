/// A URL as browsers read it (WHATWG URL Standard), since a link leads where the browser goes and not
/// where RFC 3986 says: backslashes are slashes, tabs and line ends are not there, `0x7f.1` is an
/// address, and full-width letters are letters.
///
/// What disguises where a link leads is told as `Oddity`.
package struct WebAddress: Hashable, Sendable {
  /// Lower case, without the colon.
  package internal(set) var scheme = ""
  package internal(set) var username = ""
  package internal(set) var password = ""
  package internal(set) var host: WebHost?
  /// Nil for the scheme's own.
  package internal(set) var port: UInt16?
  var segments: [String] = []
  /// The path of `mailto:` and its like, which has no segments.
  var opaquePath: String?
  package internal(set) var query: String?
  package internal(set) var fragment: String?
  package internal(set) var oddities: Set<Oddity> = []

  /// What ordinary links have no need of.
  package enum Oddity: String, Hashable, Codable, Sendable, CaseIterable {
    /// `http:\\host`.
    case backslash
    /// Tabs or line ends within, which browsers drop.
    case controlDropped
    /// `http:host`, `http:///host`.
    case slashCount
    /// Something before `@`, often another site's name.
    case userinfo
    /// `%65xample.com`.
    case encodedHost
    /// Letters of the host that only mapping makes plain: full-width, capitals beyond ASCII.
    case mappedHost
    /// An IPv4 address that is not four decimal numbers.
    case numericHost
  }

  /// Octets of one link; longer ones exist, but no browser's field shows them.
  package static let sizeLimit = 1 << 20

  init() {}

  /// Nil when browsers find no URL in it. `base` is what a relative one counts from.
  package init?(_ text: String, base: WebAddress? = nil) {
    self.init(Array(text.utf8), base: base)
  }

  package init?(_ bytes: [UInt8], base: WebAddress? = nil) {
    guard bytes.count <= Self.sizeLimit else { return nil }
    var parser = WebAddressParser(bytes)
    guard parser.parse(base: base) else { return nil }
    self = parser.address
  }

  /// Its port if the scheme is one that browsers know (WHATWG "special scheme"); -1 for `file`.
  static func defaultPort(_ scheme: String) -> Int? {
    switch scheme {
    case "http", "ws": 80
    case "https", "wss": 443
    case "ftp": 21
    case "file": -1
    default: nil
    }
  }

  var isSpecial: Bool { Self.defaultPort(scheme) != nil }

  /// Percent-encoded.
  package var path: String {
    opaquePath ?? segments.map { "/" + $0 }.joined()
  }

  /// The host if it is a name that the DNS could know.
  package var domain: Domain? {
    guard case .name(let name) = host else { return nil }
    return Domain(name.hasSuffix(".") ? String(name.dropLast()) : name)
  }
}

extension WebAddress: CustomStringConvertible {
  /// Normalised, as a browser's field shows it.
  package var description: String {
    var text = scheme + ":"
    if let host {
      text += "//"
      if !username.isEmpty || !password.isEmpty {
        text += username + (password.isEmpty ? "" : ":" + password) + "@"
      }
      text += host.description
      if let port { text += ":\(port)" }
    } else if opaquePath == nil, segments.count > 1, segments[0].isEmpty {
      text += "/."
    }
    text += path
    if let query { text += "?" + query }
    if let fragment { text += "#" + fragment }
    return text
  }
}
