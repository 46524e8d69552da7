import Mail
import NIOCore
import NIOSSL
import SMTP
import Synchronization

/// The client's half of TLS: contexts that are made once, and the judge's word on the server's chain.
///
/// A judge takes BoringSSL's place wholly: DANE knows no authorities, no names and no dates where the
/// host's own certificate is named (RFC 7672 §3.1.1).
final class ClientTLS: Sendable {
  /// Takes any certificate, since nobody judges: an unproven key still keeps the passive listener out
  /// (RFC 7435 §3).
  private let unjudged = Result { try context(.none, .certificates([])) }
  /// Asks the judge. It trusts nobody by itself.
  private let judged = Result { try context(.noHostnameVerification, .certificates([])) }
  /// Trusts authorities, for hosts that the settings name.
  private let trusting: Result<NIOSSLContext, any Error>

  /// `authorities` is a PEM file; the system's without it.
  init(authorities: String?) {
    trusting = Result {
      try Self.context(.fullVerification, authorities.map { .file($0) } ?? .default)
    }
  }

  private static func context(
    _ verification: CertificateVerification, _ roots: NIOSSLTrustRoots
  ) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = verification
    configuration.trustRoots = roots
    // What is proven must not be proven by a version that was broken (RFC 9325 §3.1.1).
    configuration.minimumTLSVersion = verification == .none ? .tlsv1 : .tlsv12
    return try NIOSSLContext(configuration: configuration)
  }

  /// The handler for a request; what the judge says is kept in `ruling`.
  func handler(
    _ request: ConnectionRequest, _ ruling: ChainRuling
  ) throws -> NIOSSLClientHandler {
    guard let judge = request.judge else {
      let context = request.tls == .verified ? trusting : unjudged
      return try NIOSSLClientHandler(context: try context.get(), serverHostname: request.tlsName)
    }
    return try NIOSSLClientHandler(
      context: try judged.get(), serverHostname: request.tlsName
    ) { certificates, promise in
      let chain = certificates.prefix(Self.chainLimit).compactMap { try? $0.toDERBytes() }
      // The handshake waits for it, and has its time limit.
      promise.completeWithTask {
        let verdict = await judge.judge(chain)
        ruling.set(verdict)
        if case .failure = verdict, !judge.isAdvisory { return .failed }
        return .certificateVerified
      }
    }
  }

  /// Certificates of one chain that are looked at.
  private static let chainLimit = 16
}

/// What the judge said of one connection.
final class ChainRuling: Sendable {
  private let verdict = Mutex<Result<PeerProof, CertificateFault>?>(nil)

  func set(_ verdict: Result<PeerProof, CertificateFault>) {
    self.verdict.withLock { $0 = verdict }
  }

  var proof: PeerProof? { verdict.withLock { try? $0?.get() } }

  var fault: CertificateFault? {
    verdict.withLock { if case .failure(let fault) = $0 { fault } else { nil } }
  }
}

extension ConnectionRequest {
  /// The name for SNI and the certificate; an address has none.
  var tlsName: String? {
    if let serverName { return serverName }
    guard case .tcp(_, _, let name) = endpoint, IPAddress(name) == nil else { return nil }
    return name
  }
}
