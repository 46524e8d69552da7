import Mail
import MailAuth
import Synchronization

/// The keys that sign now, as `kadomori dkim` keeps them: read at the start, at a reload and each minute,
/// so that a rotation is taken up by itself.
final class SigningKeys: Sendable {
  private struct Contents {
    var signers: [Domain: [DKIMSigner]] = [:]
    /// Domains whose lack of keys was told.
    var told: Set<Domain> = []
    var fault: String?
  }

  private let folder: DKIMKeyFolder
  private let contents = Mutex(Contents())

  init(dataDirectory: String) { folder = DKIMKeyFolder(dataDirectory: dataDirectory) }

  /// Reads the keys; on a fault those before stay. Blocks. Returns what is wrong, once.
  func load() -> String? {
    do throws(DKIMKeyFault) {
      let active = try folder.keys().filter { $0.state == .active }
      let signers = Dictionary(grouping: active, by: \.domain).mapValues { $0.map(\.signer) }
      contents.withLock { contents in
        contents.signers = signers
        contents.told.subtract(signers.keys)
        contents.fault = nil
      }
      return nil
    } catch {
      return contents.withLock { contents in
        defer { contents.fault = error.description }
        return contents.fault == error.description ? nil : error.description
      }
    }
  }

  /// What keeps the keys from being read; those before sign on.
  var fault: String? { contents.withLock { $0.fault } }

  /// One for each kind of key; none where the domain has no active key.
  func signers(for domain: Domain) -> [DKIMSigner] {
    contents.withLock { $0.signers[domain] ?? [] }
  }

  /// Whether this is the first time since its last key that a domain has none.
  func isNewsThatNone(_ domain: Domain) -> Bool {
    contents.withLock { $0.told.insert(domain).inserted }
  }

  /// RSA where there is one: of an ARC set everybody must be able to read the one signature.
  func sealer(for domain: Domain) -> ARCSealer? {
    let signers = signers(for: domain)
    let chosen = signers.first { $0.key.type == .rsa } ?? signers.first
    return chosen.map { ARCSealer(domain: $0.domain, selector: $0.selector, key: $0.key) }
  }
}
