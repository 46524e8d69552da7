package import Mail
import NIOSSL
import Synchronization

/// A certificate chain with its key, ready to serve.
package struct TLSIdentity: Sendable {
  let context: NIOSSLContext
  /// When the leaf stops being valid; a server with an expired one is refused by careful clients.
  package let expiresAt: Timestamp
  /// The chain and key as PEM, kept so that two identities can be compared at a reload.
  private let certificate: String

  /// Makes an identity of the text of two PEM files: the chain, leaf first, and the key.
  package init(certificate: String, key: String, minimum: TLSMinimum) throws(TLSFault) {
    guard certificate.contains("-----BEGIN CERTIFICATE-----") else { throw .noCertificate }
    do {
      let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
      guard let leaf = chain.first else { throw TLSFault.noCertificate }
      let privateKey = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
      configuration.minimumTLSVersion = minimum == .tls13 ? .tlsv13 : .tlsv12
      context = try NIOSSLContext(configuration: configuration)
      expiresAt = Timestamp(microseconds: Int64(leaf.notValidAfter) * 1_000_000)
      self.certificate = certificate
    } catch let fault as TLSFault {
      throw fault
    } catch {
      throw .unusable("\(error)")
    }
  }

  /// Whether both serve the same certificate.
  package func isSame(as other: TLSIdentity) -> Bool { certificate == other.certificate }
}

/// The least TLS version served.
package enum TLSMinimum: Hashable, Sendable {
  case tls12
  case tls13
}

/// Why TLS can't be set up.
package enum TLSFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file holds no PEM certificate.
  case noCertificate
  /// What the TLS library says: a broken file, or a key that does not fit the certificate.
  case unusable(String)

  package var description: String {
    switch self {
    case .noCertificate: "the file holds no PEM certificate"
    case .unusable(let why): "they can't be used together: \(why)"
    }
  }
}

/// The identity that listeners serve at the moment; a reload puts a renewed one in its place, and open
/// connections keep theirs.
package final class ServedIdentity: Sendable {
  private let identity: Mutex<TLSIdentity>

  package init(_ identity: TLSIdentity) { self.identity = Mutex(identity) }

  package var current: TLSIdentity { identity.withLock { $0 } }

  package func replace(with identity: TLSIdentity) { self.identity.withLock { $0 = identity } }
}
