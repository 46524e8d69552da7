package import Mail

/// An MTA-STS policy: which hosts take a domain's mail, and what to do when TLS to them can't be
/// trusted (RFC 8461 §3.2).
package struct STSPolicy: Hashable, Sendable {
  /// What is asked (RFC 8461 §5).
  package enum Mode: String, Hashable, Sendable {
    /// To hosts that match, by trusted TLS, or not at all.
    case enforce
    /// Deliver whatever happens, and report.
    case testing
    /// No policy any more.
    case none
  }

  package let mode: Mode
  /// At least one unless the mode is none.
  package let hosts: [HostPattern]
  /// Seconds for which the policy may be kept.
  package let maximumAgeSeconds: Int

  package init(mode: Mode, hosts: [HostPattern], maximumAgeSeconds: Int) {
    self.mode = mode
    self.hosts = hosts
    self.maximumAgeSeconds = maximumAgeSeconds
  }

  /// RFC 8461 §4.1: whether a host of the domain's MX is one of the policy's.
  package func allows(_ host: Domain) -> Bool { hosts.contains { $0.matches(host) } }

  /// The policy as its owner wrote it, but for extensions: what a cache keeps and a report quotes.
  package var lines: [String] {
    ["version: STSv1", "mode: \(mode.rawValue)"] + hosts.map { "mx: \($0)" }
      + ["max_age: \(maximumAgeSeconds)"]
  }

  /// Where a domain's policy lies (RFC 8461 §3.3). Redirects are not to be followed, and the
  /// certificate must be the host's.
  package static func url(for domain: Domain) -> String {
    "https://mta-sts.\(domain.ascii)/.well-known/mta-sts.txt"
  }
}

/// `mx`: a host, or any host one label below a name (RFC 8461 §4.1).
package struct HostPattern: Hashable, Sendable {
  package let domain: Domain
  package let isWildcard: Bool

  /// `[ "*." ] Domain`.
  package init(parsing bytes: ArraySlice<UInt8>) throws(SyntaxError) {
    isWildcard = bytes.starts(with: "*.".utf8)
    domain = try Domain(parsing: bytes.dropFirst(isWildcard ? 2 : 0))
  }

  package func matches(_ host: Domain) -> Bool {
    isWildcard ? host.parent == domain : host == domain
  }
}

extension HostPattern: CustomStringConvertible {
  package var description: String { (isWildcard ? "*." : "") + domain.ascii }
}
