/// What came of the passwords that were tried on an archive.
enum Unlocking {
  /// Nothing in it is encrypted, or there is nothing to try.
  case untouched
  /// None fits, or none could be tried: `detail` is one of `ArtefactFact`'s, or empty.
  case locked(detail: String)
  case opened(Unlocked)
}

/// What a lock found on its way.
struct LockFindings {
  var isEncrypted = false
  /// A cipher, or a way to prove a password, that is none of those we know.
  var isUnknown = false
  /// The rest of the archive is elsewhere.
  var isVolume = false

  /// Why something stayed locked.
  func detail(_ locksmith: Locksmith) -> String {
    if locksmith.hasRefused { return ArtefactFact.untried }
    if isVolume { return ArtefactFact.severalVolumes }
    return isUnknown ? ArtefactFact.unknownCipher : ""
  }

  func outcome(_ unlocked: Unlocked?, _ locksmith: Locksmith) -> Unlocking {
    if let unlocked { return .opened(unlocked) }
    return isEncrypted ? .locked(detail: detail(locksmith)) : .untouched
  }
}

/// An archive made anew without its encryption, as far as passwords fit, for the library that can't decrypt.
struct Unlocked {
  let octets: [UInt8]
  /// Of entries by their number: whether what was unpacked is what was encrypted. The library does not look at
  /// the checksum of everything that it unpacks.
  var proofs: [Int: (_ content: [UInt8]) -> Bool] = [:]
  /// Why the rest, if there is any, stayed locked.
  var detail = ""

  func confirms(_ entry: Int, _ content: Unpacked) -> Bool {
    if case .damaged = content.outcome { return false }
    return content.outcome == .limit || proofs[entry]?(content.octets) ?? true
  }
}

/// Passwords for one archive; the one that opened something is tried first on the next.
struct Locksmith {
  private(set) var passwords: [String]
  let keys: KeyRing
  /// Octets of what may be unpacked to prove a password.
  private let limit: Int
  private let refusalsBefore: Int

  init(_ passwords: [String], _ keys: KeyRing, limit: Int) {
    (self.passwords, self.keys, self.limit) = (keys.ordered(passwords), keys, limit)
    refusalsBefore = keys.refusals
  }

  /// Whether something was not tried, because trying costs too much.
  var hasRefused: Bool { keys.refusals > refusalsBefore }

  /// Unpacking costs so much more than hashing.
  private static let unpackingCost = 4

  /// What `attempt` makes of the first password that fits. It ends where nothing is left to try with, however
  /// many things there are to open.
  mutating func first<Found>(_ attempt: (String) -> Found?) -> Found? {
    for (index, password) in passwords.enumerated() {
      guard keys.affords(KeyRing.leastTry) else { return nil }
      guard let found = attempt(password) else { continue }
      keys.noteProven(password)
      if index > 0 { passwords.insert(passwords.remove(at: index), at: 0) }
      return found
    }
    return nil
  }

  /// Decrypted octets; nil when they are no whole blocks, or nothing is left to pay with. What is behind the
  /// last whole block is left out.
  func decrypted(
    _ octets: [UInt8], _ range: Range<Int>, key: [UInt8], vector: [UInt8], size: Int
  ) -> [UInt8]? {
    guard !range.isEmpty else { return [] }
    guard range.upperBound <= octets.count, range.count >= 16, keys.spend(range.count) else {
      return nil
    }
    var (plain, vector): ([UInt8], [UInt8]) = ([], vector)
    plain.reserveCapacity(range.count)
    let end = range.lowerBound + range.count / 16 * 16
    for start in stride(from: range.lowerBound, to: end, by: Self.piece) {
      let part = Array(octets[start..<min(end, start + Self.piece)])
      guard let open = UnpaddedAES.chained(part, key: key, start: vector) else { return nil }
      plain += open
      vector = Array(part.suffix(16))
    }
    if size < plain.count { plain.removeLast(plain.count - max(0, size)) }
    return plain
  }

  /// Octets decrypted at once, so that a large archive stands in memory twice and not four times.
  private static let piece = 1 << 20

  /// The first entry of an archive that was made to prove a password. What could not be paid for is not begun.
  func firstEntry(_ archive: [UInt8], _ format: LibraryFormat, limit: Int) -> Unpacked? {
    guard limit <= self.limit, keys.affords(Self.unpackingCost * limit),
      keys.spend(KeyRing.leastTry)
    else { return nil }
    let content = LibraryReader.firstEntry(archive, format, limit: limit)
    return keys.spend(Self.unpackingCost * content.octets.count) ? content : nil
  }
}
