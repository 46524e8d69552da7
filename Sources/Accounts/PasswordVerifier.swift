import Crypto
import CryptoExtras
import Foundation

/// What is stored instead of a password: scrypt for PLAIN and LOGIN (RFC 7914), and the keys of
/// SCRAM-SHA-256 (RFC 5802 §3, RFC 7677), which its exchange can't do without.
struct PasswordVerifier: Hashable, Sendable {
  /// The cost of scrypt, stored beside each hash so that it can be raised.
  struct ScryptCost: Hashable, Sendable {
    var rounds: Int
    var blockSize: Int
    var parallelism: Int

    /// OWASP's recommendation of 2^15, 8, 3 with one lane: 32 MiB and about 70 ms here.
    static let standard = ScryptCost(rounds: 1 << 15, blockSize: 8, parallelism: 1)
  }

  var salt: [UInt8]
  var cost: ScryptCost
  var hash: [UInt8]
  var scramSalt: [UInt8]
  var scramIterations: Int
  var storedKey: [UInt8]
  var serverKey: [UInt8]

  /// RFC 7677 §4 asks for at least 4,096; mail programs on telephones bear this.
  static let scramIterationsStandard = 10_000
  static let saltLength = 16
  private static let hashLength = 32

  /// `salts` are two of `saltLength`.
  init(password: [UInt8], salt: [UInt8], scramSalt: [UInt8]) throws {
    self.salt = salt
    cost = .standard
    hash = try Self.scrypt(password, salt: salt, cost: cost)
    self.scramSalt = scramSalt
    scramIterations = Self.scramIterationsStandard
    let salted = try Self.saltedPassword(password, salt: scramSalt, iterations: scramIterations)
    storedKey = Array(SHA256.hash(data: Scram.mac(salted, Array("Client Key".utf8))))
    serverKey = Scram.mac(salted, Array("Server Key".utf8))
  }

  init(
    salt: [UInt8], cost: ScryptCost, hash: [UInt8], scramSalt: [UInt8], scramIterations: Int,
    storedKey: [UInt8], serverKey: [UInt8]
  ) {
    self.salt = salt
    self.cost = cost
    self.hash = hash
    self.scramSalt = scramSalt
    self.scramIterations = scramIterations
    self.storedKey = storedKey
    self.serverKey = serverKey
  }

  /// Takes the same time whatever the password; blocks for tens of milliseconds.
  func accepts(_ password: [UInt8]) -> Bool {
    guard let made = try? Self.scrypt(password, salt: salt, cost: cost) else { return false }
    return Scram.isEqual(made, hash)
  }

  private static func scrypt(
    _ password: [UInt8], salt: [UInt8], cost: ScryptCost
  ) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: Data(password), salt: Data(salt), outputByteCount: hashLength, rounds: cost.rounds,
      blockSize: cost.blockSize, parallelism: cost.parallelism)
    return key.withUnsafeBytes(Array.init)
  }

  static func saltedPassword(
    _ password: [UInt8], salt: [UInt8], iterations: Int
  ) throws -> [UInt8] {
    let key = try KDF.Insecure.PBKDF2.deriveKey(
      from: Data(password), salt: Data(salt), using: .sha256, outputByteCount: hashLength,
      unsafeUncheckedRounds: iterations)
    return key.withUnsafeBytes(Array.init)
  }

  /// A password that can be stored. Control characters are refused; of RFC 8265's preparation only
  /// NFC is done, so that one typed on another keyboard is the same.
  static func prepared(_ password: [UInt8]) -> [UInt8]? {
    guard (1...1024).contains(password.count),
      let text = String(validating: password, as: UTF8.self),
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { return nil }
    return Array(text.precomposedStringWithCanonicalMapping.utf8)
  }
}
