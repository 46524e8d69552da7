import AsyncHTTPClient
import Mail
import NIOCore
import NIOHTTP1
import NIOSSL
package import SMTP

/// The web by async-http-client: one client a request, since the hosts differ each time.
///
/// HTTP/1.1 in TLS only; the name is never looked up here, no redirect is followed, nothing is unpacked, and
/// everything has a bound in octets and in seconds.
package struct HTTPSClient: WebClient {
  private let loops: EventLoops
  /// PEM file of those who certify hosts; the system's without it.
  private let authorities: String?

  package init(loops: EventLoops, authorities: String? = nil) {
    self.loops = loops
    self.authorities = authorities
  }

  package func send(_ request: WebRequest) async -> Result<WebAnswer, WebFailure> {
    let client = HTTPClient(
      eventLoopGroupProvider: .shared(loops.outboundLoop), configuration: configuration(request))
    let result = await withTaskGroup(of: Result<WebAnswer, WebFailure>.self) { group in
      group.addTask { await Self.exchange(request, client) }
      // One that sends an octet a second is never idle.
      group.addTask {
        try? await Task.sleep(for: .seconds(request.seconds))
        return .failure(.timedOut)
      }
      let first = await group.next()
      group.cancelAll()
      return first ?? .failure(.timedOut)
    }
    try? await client.shutdown()
    return result
  }

  private func configuration(_ request: WebRequest) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let authorities { tls.trustRoots = .file(authorities) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(Int64(request.seconds))))
    configuration.httpVersion = .http1Only
    configuration.dnsOverride = [request.host.ascii: "\(request.address)"]
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }

  private static func exchange(
    _ request: WebRequest, _ client: HTTPClient
  ) async -> Result<WebAnswer, WebFailure> {
    var sent = HTTPClientRequest(
      url: "https://\(request.host.ascii):\(request.port)\(request.path)")
    sent.headers.add(name: "User-Agent", value: "Kadomori")
    if case .post(let body, let type) = request.verb {
      sent.method = .POST
      sent.headers.add(name: "Content-Type", value: type)
      sent.body = .bytes(body)
    }
    do {
      let answer = try await client.execute(sent, timeout: .seconds(Int64(request.seconds)))
      let body = try await answer.body.collect(upTo: request.sizeLimit)
      return .success(
        WebAnswer(
          status: Int(answer.status.code), contentType: answer.headers.first(name: "Content-Type"),
          body: Array(body.readableBytesView)))
    } catch {
      return .failure(failure(error))
    }
  }

  /// Only what is wrong with the certificate makes a host untrusted. A stream that ends without
  /// close_notify where nothing else says how long the answer is, and a handshake that fails otherwise, are
  /// broken connections, which reports tell apart (RFC 8460 §4.3.2.2).
  private static func failure(_ error: any Error) -> WebFailure {
    switch error {
    case is NIOTooManyBytesError: .tooLarge
    case is NIOSSLExtraError: .untrusted("\(error)")
    case let error as NIOSSLError where isOfCertificate(error): .untrusted("\(error)")
    case let error as HTTPClientError where timeouts.contains(error): .timedOut
    default: .unreachable("\(error)")
    }
  }

  /// BoringSSL tells it in words only.
  private static func isOfCertificate(_ error: NIOSSLError) -> Bool {
    switch error {
    case .noCertificateToValidate, .unableToValidateCertificate: true
    case .handshakeFailed(let why): "\(why)".contains("CERTIFICATE_VERIFY_FAILED")
    default: false
    }
  }

  private static let timeouts: [HTTPClientError] = [
    .deadlineExceeded, .connectTimeout, .readTimeout, .tlsHandshakeTimeout, .cancelled,
  ]
}
