import Glibc
import Mail
import Settings
import Transport

/// Finds the certificate that the listeners serve: the one that settings name, or our own, made at the
/// first start and kept in `tls/` below the data directory.
struct GateIdentity {
  let settings: GateSettings
  let clock: any Clock

  /// Why there is none, in a sentence with the remedy.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  func load() throws(Failure) -> TLSIdentity {
    if let certificate = settings.tls.certificate, let key = settings.tls.key {
      let identity = try read(certificate, key)
      guard identity.expiresAt > clock.now() else {
        throw Failure(
          description: "the certificate \(certificate) expired on \(identity.expiresAt.iso8601); "
            + "renew it, or leave tls.certificate and tls.key out for one of our own")
      }
      return identity
    }
    return try own()
  }

  private func own() throws(Failure) -> TLSIdentity {
    let folder = settings.dataDirectory + "/tls"
    let (certificate, key) = (folder + "/own-certificate.pem", folder + "/own-key.pem")
    if access(certificate, F_OK) == 0, access(key, F_OK) == 0 {
      let identity = try read(certificate, key)
      if identity.expiresAt > clock.now() { return identity }
      for path in [certificate, key] { unlink(path) }
    }
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw Failure(description: "\(FileFault(path: folder, verb: "make", code: errno))")
    }
    do {
      let made = try OwnCertificate(hostname: settings.hostname, now: clock.now())
      for (path, text) in [(certificate, made.certificate), (key, made.key)] {
        unlink(path)
        if let fault = PrivateFile.create(path, text) { throw Failure(description: "\(fault)") }
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(description: "can't make a certificate for \(settings.hostname): \(error)")
    }
    return try read(certificate, key)
  }

  private func read(_ certificate: String, _ key: String) throws(Failure) -> TLSIdentity {
    do {
      return try TLSIdentity(
        certificate: String(decoding: try PrivateFile.read(certificate).get(), as: UTF8.self),
        key: String(decoding: try PrivateFile.read(key).get(), as: UTF8.self),
        minimum: settings.tls.isTLS13Only ? .tls13 : .tls12)
    } catch let fault as FileFault {
      throw Failure(description: "\(fault)")
    } catch {
      throw Failure(description: "the certificate \(certificate) with key \(key): \(error)")
    }
  }
}
