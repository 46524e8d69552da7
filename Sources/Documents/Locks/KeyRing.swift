import Crypto
import CryptoExtras

/// Keys made of passwords, and what making them may cost.
///
/// 7z, RAR, zip with AES and Office make a password dear on purpose, and the file says how dear: whoever writes it
/// could keep us busy for hours. So all tries of one message together have a bound, counted in octets hashed,
/// decrypted and unpacked. A key that was made once costs nothing more: 7-Zip uses no salt, and a RAR one for all
/// its files. What opened something is tried first on everything that follows.
package final class KeyRing {
  /// How a key is made of a password.
  enum Recipe: Hashable {
    /// 7z: SHA-256 over `1 << power` times salt, password in UTF-16 and a counter of eight octets.
    case sevenZip(power: Int, salt: [UInt8])
    /// RAR 5: PBKDF2 with HMAC-SHA-256, the password in UTF-8.
    case rarFive(rounds: Int, salt: [UInt8])
    /// RAR 3 and 4: SHA-1 over 262,144 times password in UTF-16, salt and a counter of three octets. Behind
    /// the key of 16 octets stands the vector that begins the chain.
    case rarFour(salt: [UInt8])
    /// Office since 2007: the password hashed with its salt, and so often again.
    case office(OfficeHash, rounds: Int, salt: [UInt8])
  }

  /// A key of one password.
  private struct Name: Hashable {
    let recipe: Recipe
    let password: String
  }

  /// 12 tries of what 7-Zip makes, and half a second of a slow processor.
  package static let limit = 192 << 20

  private var left: Int
  private var keys: [Name: [UInt8]] = [:]
  /// How often something was not tried because nothing was left.
  private(set) var refusals = 0
  /// Passwords that opened something, the last first.
  private(set) var proven: [String] = []

  package init(limit: Int = KeyRing.limit) { left = limit }

  /// What even the cheapest key costs, so that there are never many.
  private static let leastCost = 1 << 16
  /// What any try costs, since it is more than its octets.
  static let leastTry = 1 << 14
  /// What a round of PBKDF2 costs: two hashes of two blocks each, begun anew.
  private static let roundCost = 512
  /// What a round of Office costs: a hash of one block, begun anew.
  private static let officeRoundCost = 128
  /// 7-Zip and unrar refuse more as well.
  static let powerLimit = 24

  /// Nil when nothing is left to make it with.
  func key(_ recipe: Recipe, _ password: String) -> [UInt8]? {
    let name = Name(recipe: recipe, password: password)
    if let key = keys[name] { return key }
    guard spend(max(Self.leastCost, Self.cost(recipe, password))) else { return nil }
    let key = Self.derived(recipe, password)
    keys[name] = key
    return key
  }

  /// Pays for a try; false when nothing is left.
  func spend(_ octets: Int) -> Bool {
    guard affords(octets) else { return false }
    left -= octets
    return true
  }

  /// Whether so much is left; if not, something will stay untried.
  func affords(_ octets: Int) -> Bool {
    if octets <= left { return true }
    refusals += 1
    return false
  }

  // MARK: What opened something

  private static let provenLimit = 8

  func noteProven(_ password: String) {
    guard proven.first != password else { return }
    proven.removeAll { $0 == password }
    proven = [password] + proven.prefix(Self.provenLimit - 1)
  }

  /// What `attempt` makes of the first of `passwords` that fits.
  func first<Found>(_ passwords: [String], _ attempt: (String) -> Found?) -> Found? {
    for password in ordered(passwords) {
      guard let found = attempt(password) else { continue }
      noteProven(password)
      return found
    }
    return nil
  }

  /// `passwords` with those in front that opened something.
  func ordered(_ passwords: [String]) -> [String] {
    let first = proven.filter(passwords.contains)
    return first + passwords.filter { !first.contains($0) }
  }

  // MARK: Costs

  private static func cost(_ recipe: Recipe, _ password: String) -> Int {
    switch recipe {
    case .sevenZip(let power, let salt):
      power > powerLimit ? 0 : (salt.count + 2 * password.utf16.count + 8) << power
    case .rarFive(let rounds, _): rounds * roundCost
    case .rarFour(let salt): (2 * password.utf16.count + salt.count + 3) * fourRounds
    case .office(_, let rounds, _): rounds * officeRoundCost
    }
  }

  private static func derived(_ recipe: Recipe, _ password: String) -> [UInt8] {
    switch recipe {
    case .sevenZip(let power, let salt): sevenZip(password, salt, power)
    case .rarFive(let rounds, let salt): rarFive(password, salt, rounds)
    case .rarFour(let salt): rarFour(password, salt)
    case .office(let hash, let rounds, let salt): hash.spun(password, salt: salt, count: rounds)
    }
  }

  private static func wide(_ password: String) -> [UInt8] {
    password.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
  }

  // MARK: The three ways

  /// 7-Zip's 7zAes: no rounds at all at 63, where the password itself is the key.
  private static func sevenZip(_ password: String, _ salt: [UInt8], _ power: Int) -> [UInt8] {
    let secret = salt + wide(password)
    guard power <= powerLimit else {
      return Array((secret + [UInt8](repeating: 0, count: 32)).prefix(32))
    }
    var hash = SHA256()
    hashed(secret, counterSize: 8, 0..<(1 << power), &hash)
    return Array(hash.finalize())
  }

  private static func rarFive(_ password: String, _ salt: [UInt8], _ rounds: Int) -> [UInt8] {
    let key = try? KDF.Insecure.PBKDF2.deriveKey(
      from: Array(password.utf8), salt: salt, using: .sha256, outputByteCount: 32,
      unsafeUncheckedRounds: rounds)
    return key.map { $0.withUnsafeBytes { Array($0) } } ?? []
  }

  private static let fourRounds = 1 << 18

  /// unrar's `SetKey30`: after the first round of each sixteenth the last octet of the hash goes into the
  /// vector; the key is the hash's first four words, the least octet first. Passwords beyond 28 characters
  /// come out otherwise in RAR, by an old mistake of its SHA-1, and are not opened.
  private static func rarFour(_ password: String, _ salt: [UInt8]) -> [UInt8] {
    let secret = wide(password) + salt
    var (hash, vector): (Insecure.SHA1, [UInt8]) = (Insecure.SHA1(), [])
    for start in stride(from: 0, to: fourRounds, by: fourRounds / 16) {
      hashed(secret, counterSize: 3, start..<(start + 1), &hash)
      vector.append(Array(hash.finalize())[19])
      hashed(secret, counterSize: 3, (start + 1)..<(start + fourRounds / 16), &hash)
    }
    let sum = Array(hash.finalize())
    return (0..<16).map { sum[$0 ^ 3] } + vector
  }

  /// Hashes `secret` and a counter, the least octet first, for each number in `rounds`; many at once, since a
  /// call of the library costs more than a round.
  private static func hashed(
    _ secret: [UInt8], counterSize: Int, _ rounds: Range<Int>, _ hash: inout some HashFunction
  ) {
    let unit = secret.count + counterSize
    let atOnce = min(rounds.count, 512)
    var buffer = [UInt8](repeating: 0, count: atOnce * unit)
    for index in 0..<atOnce {
      buffer.replaceSubrange((index * unit)..<(index * unit + secret.count), with: secret)
    }
    buffer.withUnsafeMutableBytes { bytes in
      var next = rounds.lowerBound
      while next < rounds.upperBound {
        let count = min(atOnce, rounds.upperBound - next)
        for index in 0..<count {
          let (place, number) = (index * unit + secret.count, next + index)
          // The counter's octets beyond these stay zero: no power is beyond 24.
          bytes[place] = UInt8(truncatingIfNeeded: number)
          bytes[place + 1] = UInt8(truncatingIfNeeded: number >> 8)
          bytes[place + 2] = UInt8(truncatingIfNeeded: number >> 16)
        }
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<(count * unit)]))
        next += count
      }
    }
  }
}
