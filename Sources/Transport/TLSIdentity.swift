import NIOSSL

/// A certificate chain with its key, ready to serve.
package struct TLSIdentity: Sendable {
  let context: NIOSSLContext

  /// Reads PEM files: the chain, leaf first, and the key.
  package init(certificateFile: String, keyFile: String, minimum: TLSMinimum) throws(TLSFault) {
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
      guard !chain.isEmpty else { throw TLSFault.certificate("\(certificateFile): no certificate") }
      let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = minimum == .tls13 ? .tlsv13 : .tlsv12
      context = try NIOSSLContext(configuration: configuration)
    } catch let fault as TLSFault {
      throw fault
    } catch {
      throw .certificate("\(certificateFile), \(keyFile): \(error)")
    }
  }
}

/// The least TLS version served.
package enum TLSMinimum: Hashable, Sendable {
  case tls12
  case tls13
}

/// Why TLS can't be set up.
package enum TLSFault: Error, Hashable, Sendable {
  /// A file that can't be read, or a key that does not fit.
  case certificate(String)
}
