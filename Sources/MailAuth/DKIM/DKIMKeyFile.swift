package import Mail

/// A signing key as it lies on disk, `dkim/example.jp/k20261124-rsa.key` below the data directory:
///
///     domain: example.jp
///     selector: k20261124-rsa
///     state: active
///     since: 1795500000
///     -----BEGIN PRIVATE KEY-----
///     MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ…
///     -----END PRIVATE KEY-----
///
/// Four lines in this order, then a PKCS#8 key; `openssl pkey -in FILE` reads it too, since PEM
/// begins where its first line says so (RFC 7468 §2). `since` is in seconds since 1970.
package struct DKIMKeyFile: Sendable {
  /// A key's life: made, in use, no longer in use.
  package enum State: String, Codable, Hashable, Sendable {
    /// Its record is to be published; it does not sign yet.
    case waiting
    case active
    /// It signs no more, but what it signed may still be on its way.
    case retired
  }

  package let domain: Domain
  package let selector: Domain
  package let key: SignaturePrivateKey
  package private(set) var state: State
  /// When it came into its state.
  package private(set) var since: Timestamp

  /// How long a retired key's record stands: mail is tried for five days (RFC 5321 §4.5.4.1), and
  /// readers of mailboxes verify late.
  package static let retirementDays = 7

  package init(
    domain: Domain, selector: Domain, key: SignaturePrivateKey, state: State, since: Timestamp
  ) {
    self.domain = domain
    self.selector = selector
    self.key = key
    self.state = state
    self.since = since
  }

  package init(parsing bytes: [UInt8]) throws(SyntaxError) {
    var position = 0
    func value(_ name: String) throws(SyntaxError) -> ArraySlice<UInt8> {
      let prefix = Array("\(name): ".utf8)
      let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.endIndex
      let line = bytes[position..<end]
      guard line.starts(with: prefix) else { throw SyntaxError(expected: "\(name):", at: position) }
      position = min(end + 1, bytes.endIndex)
      return line.dropFirst(prefix.count)
    }
    domain = try Domain(parsing: try value("domain"))
    selector = try Domain(parsing: try value("selector"))
    let stateText = String(decoding: try value("state"), as: UTF8.self)
    guard let state = State(rawValue: stateText) else {
      throw SyntaxError(expected: "waiting, active or retired", at: position)
    }
    let secondsText = String(decoding: try value("since"), as: UTF8.self)
    guard let seconds = Int64(secondsText), (0...1 << 40).contains(seconds) else {
      throw SyntaxError(expected: "seconds since 1970", at: position)
    }
    self.state = state
    since = Timestamp(microseconds: seconds * 1_000_000)
    key = try SignaturePrivateKey(pem: Array(bytes[position...]))
  }

  package var text: String {
    """
    domain: \(domain)
    selector: \(selector)
    state: \(state.rawValue)
    since: \(since.seconds)
    \(key.pem())
    """
  }

  package mutating func become(_ state: State, at now: Timestamp) {
    (self.state, since) = (state, now)
  }

  /// Whether its record may be taken out of the DNS.
  package func isForgotten(at now: Timestamp) -> Bool {
    state == .retired && since + Self.retirementDays * 86_400 <= now
  }

  package var signer: DKIMSigner { DKIMSigner(domain: domain, selector: selector, key: key) }

  package var record: DKIMRecord? { DKIMRecord(domain: domain, selector: selector, key: key) }
}
