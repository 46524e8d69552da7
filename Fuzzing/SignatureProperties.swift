import DNS
import Dispatch
import Mail
import MailAuth

// Signatures: nothing passes that nobody signed, what we sign passes, and where a body is cut
// changes nothing.
extension Properties {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  /// A key of this run; no input can be signed with it but by us.
  private static let signer: DKIMSigner = {
    guard let key = try? SignaturePrivateKey(generating: .ed25519),
      let domain = Domain("example.jp"), let selector = Domain("k")
    else { preconditionFailure("no key") }
    return DKIMSigner(domain: domain, selector: selector, key: key)
  }()

  private static let record: DKIMRecord = {
    guard let record = DKIMRecord(domain: signer.domain, selector: signer.selector, key: signer.key)
    else { preconditionFailure("no record") }
    return record
  }()

  private static let keys = SignatureKeys([record.name: [Array(record.text.utf8)]])

  static func dkim(_ bytes: [UInt8]) {
    _ = try? SignaturePrivateKey(pem: bytes)
    _ = try? SignaturePrivateKey(der: bytes)
    _ = try? DKIMKeyFile(parsing: bytes)
    if let record = try? SignatureKeyRecord(bytes) {
      for algorithm in [SignatureAlgorithm.rsaSHA256, .ed25519SHA256] {
        _ = try? record.key(for: algorithm)
      }
    }
    if let signature = try? DKIMSignature(bytes[...]) { readsBack(signature, bytes) }
    bodies(bytes)
    precondition(judged(bytes).status != .pass, "a signature passes that nobody made")
    if let fields = try? DKIMSigner.sign(bytes, with: [signer], now: now) {
      let report = judged(fields + bytes)
      precondition(report.signatures.first?.status == .pass, "our own signature does not pass")
    }
  }

  private static func readsBack(_ signature: DKIMSignature, _ bytes: [UInt8]) {
    let terms = signature.terms
    precondition(terms.keyName != nil && signature.identityDomain.isWithin(terms.domain))
    precondition(signature.scope.names.contains("from"))
    precondition(terms.blanked.count < bytes.count, "b= is not blanked out")
    let again = try? TagList(terms.blanked)
    precondition(again?.octets("b")?.isEmpty == true, "something is left of b=")
  }

  private static func judged(_ message: [UInt8]) -> DKIMReport {
    let header = SignatureHeader(message)
    let verifier = DKIMVerifier(header, now: now)
    let hashes = SignatureBodyHasher.hashes(
      of: message[header.bodyStart...], verifier.bodyHashes)
    let report = verifier.judge(hashes, keys: keys)
    precondition(report.signatures.count <= DKIMVerifier.signatureLimit)
    return report
  }

  private static func bodies(_ bytes: [UInt8]) {
    let size = Int(bytes.first ?? 0) % 7 + 1
    let requests: Set<SignatureBodyHasher.Request> = [
      .init(.simple), .init(.relaxed), .init(.relaxed, length: size),
      .init(.simple, length: size * 3),
    ]
    let whole = SignatureBodyHasher.hashes(of: bytes[...], requests)
    var hasher = SignatureBodyHasher(requests)
    var rest = bytes[...]
    while !rest.isEmpty {
      hasher.append(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    let cut = hasher.finish()
    for request in requests {
      precondition(whole.digest(request) == cut.digest(request), "where a body is cut matters")
      precondition(whole.rest(request) == cut.rest(request))
    }
  }

  // MARK: ARC

  private struct Keys: Resolver {
    func records(
      _ type: RecordType, of name: DNSName, within limit: Duration?
    ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
      guard name == DNSName(record.name) else { return .failure(.noSuchName) }
      let text = Array(record.text.utf8)
      return .success(DNSAnswer([[UInt8(text.count)] + text]))
    }
  }

  private static let sealer = ARCSealer(
    domain: signer.domain, selector: signer.selector, key: signer.key)

  static func arc(_ bytes: [UInt8]) {
    let arrived = chain(bytes)
    precondition(arrived.status != .pass, "a chain passes that nobody sealed")
    let results = String(decoding: bytes.suffix(40), as: UTF8.self)
    let set = try? sealer.seal(bytes, arrived: arrived.status, results: results, now: now)
    guard let set else { return }
    let sealed = chain(set + bytes)
    let isNew = arrived.status == .none
    precondition(sealed.status == (isNew ? .pass : .fail), "our own seal comes to nothing")
    guard isNew else { return }
    let next = try? sealer.seal(set + bytes, arrived: .pass, results: results, now: now)
    guard let next else { return }
    precondition(chain(next + set + bytes).status == .pass, "our second seal comes to nothing")
  }

  /// Waits for what answers at once.
  private static func chain(_ message: [UInt8]) -> ARCResult {
    final class Box: @unchecked Sendable { var result: ARCResult? }
    let (box, done) = (Box(), DispatchSemaphore(value: 0))
    Task {
      box.result = await ARCVerifier.judge(message, now: now, resolver: Keys())
      done.signal()
    }
    done.wait()
    guard let result = box.result else { preconditionFailure("no judgement") }
    return result
  }
}
