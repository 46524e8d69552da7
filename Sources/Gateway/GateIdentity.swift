import Glibc
import Mail
package import Settings
import Transport

/// Finds the certificate that the listeners serve: the one that settings name, or our own, made at the
/// first start and kept in `tls/` below the data directory.
package struct GateIdentity {
  let settings: GateSettings
  let clock: any Clock

  /// Why there is none, in a sentence with the remedy.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  func load() throws(Failure) -> TLSIdentity {
    if let given = try Self.given(settings.tls, clock) { return given }
    return try own()
  }

  /// What `load` would say of a certificate that settings name; nil when it can be served.
  package static func fault(of tls: TLSSettings) -> String? {
    do {
      _ = try given(tls, SystemClock())
      return nil
    } catch {
      return error.description
    }
  }

  /// The certificate that settings name, nil when they name none.
  private static func given(
    _ tls: TLSSettings, _ clock: any Clock
  ) throws(Failure) -> TLSIdentity? {
    guard let certificate = tls.certificate, let key = tls.key else { return nil }
    let identity = try read(certificate, key, tls)
    guard identity.expiresAt > clock.now() else {
      throw Failure(
        description: "the certificate \(certificate) expired on \(identity.expiresAt.iso8601); "
          + "renew it, or leave tls.certificate and tls.key out for one of our own")
    }
    return identity
  }

  private func own() throws(Failure) -> TLSIdentity {
    let folder = settings.dataDirectory + "/tls"
    let (certificate, key) = (folder + "/own-certificate.pem", folder + "/own-key.pem")
    // One that can't be used is made anew: nobody has pinned it, and a crash may have left half of it.
    if let identity = try? Self.read(certificate, key, settings.tls),
      identity.expiresAt > clock.now()
    {
      return identity
    }
    do {
      try PrivateFolder.make(folder)
      let made = try OwnCertificate(hostname: settings.hostname, now: clock.now())
      for (path, text) in [(certificate, made.certificate), (key, made.key)] {
        let new = path + ".new"
        unlink(new)
        if let fault = PrivateFile.create(new, text) { throw Failure(description: "\(fault)") }
        guard rename(new, path) == 0 else {
          throw Failure(description: "\(FileFault(path: path, verb: "write", code: errno))")
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch let failure as FolderFailure {
      throw Failure(description: "\(failure)")
    } catch {
      throw Failure(description: "can't make a certificate for \(settings.hostname): \(error)")
    }
    return try Self.read(certificate, key, settings.tls)
  }

  private static func read(
    _ certificate: String, _ key: String, _ tls: TLSSettings
  ) throws(Failure) -> TLSIdentity {
    do {
      return try TLSIdentity(
        certificate: String(decoding: try PrivateFile.read(certificate).get(), as: UTF8.self),
        key: String(decoding: try PrivateFile.read(key).get(), as: UTF8.self),
        minimum: tls.isTLS13Only ? .tls13 : .tls12)
    } catch let fault as FileFault {
      throw Failure(description: "\(fault)")
    } catch {
      throw Failure(description: "the certificate \(certificate) with key \(key): \(error)")
    }
  }
}
