package import Mail

/// The web as far as mail needs it: MTA-STS policies are fetched, TLS reports handed in. Transport's is made
/// of sockets, the tests' of answers.
///
/// HTTPS only, with a certificate that the system's authorities gave the host. Redirects are not followed:
/// they are answers like any other (RFC 8461 §3.3).
package protocol WebClient: Sendable {
  func send(_ request: WebRequest) async -> Result<WebAnswer, WebFailure>
}

/// One request.
package struct WebRequest: Hashable, Sendable {
  /// What is to be done there.
  package enum Verb: Hashable, Sendable {
    case get
    case post([UInt8], type: String)
  }

  package var verb: Verb
  /// Whom the certificate must name.
  package var host: Domain
  /// Where the host is: our own resolver looked that up.
  package var address: IPAddress
  package var port: UInt16
  /// With its slash in front.
  package var path: String
  /// Octets of an answer that are taken.
  package var sizeLimit: Int
  /// Seconds for everything.
  package var seconds: Int

  package init(
    _ verb: Verb, host: Domain, address: IPAddress, port: UInt16, path: String, sizeLimit: Int,
    seconds: Int
  ) {
    self.verb = verb
    self.host = host
    self.address = address
    self.port = port
    self.path = path
    self.sizeLimit = sizeLimit
    self.seconds = seconds
  }
}

/// What the web said.
package struct WebAnswer: Hashable, Sendable {
  package var status: Int
  /// The field as it stands.
  package var contentType: String?
  package var body: [UInt8]

  package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}

/// Why there is no answer.
package enum WebFailure: Error, Hashable, Sendable {
  case unreachable(String)
  /// The certificate is not the host's.
  case untrusted(String)
  case timedOut
  /// More octets than the limit.
  case tooLarge

  /// In words, for the log.
  package var words: String {
    switch self {
    case .unreachable(let why): "unreachable: \(why)"
    case .untrusted(let why): "its certificate proves nothing: \(why)"
    case .timedOut: "no answer in time"
    case .tooLarge: "its answer is too large"
    }
  }
}
