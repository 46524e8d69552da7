import Crypto
import Foundation
import GRDB
import Glibc
import Mail

/// The accounts, in an SQLite file of their own that only we may read (mode 0600): a copy of the journal
/// then holds no password. Every call blocks.
package final class AccountStore: Sendable {
  private let database: DatabaseQueue
  private let path: String
  /// Makes the salt that an unknown name is shown, always the same for the same name.
  let secret: [UInt8]

  private init(database: DatabaseQueue, path: String, secret: [UInt8]) {
    self.database = database
    self.path = path
    self.secret = secret
  }

  /// Opens the file, making it where it is not there.
  package static func open(path: String) throws(AccountFailure) -> AccountStore {
    let handle = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard handle >= 0 else { throw AccountFailure(opening: path, code: errno) }
    fchmod(handle, 0o600)
    Glibc.close(handle)
    do {
      var configuration = GRDB.Configuration()
      configuration.busyMode = .timeout(5)
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try schema.migrate(database)
      let secret = try database.write { database in
        let fresh = Data(random(32))
        try database.execute(
          sql: "INSERT OR IGNORE INTO secret(id, value) VALUES (1, ?)", arguments: [fresh])
        return try Data.fetchOne(database, sql: "SELECT value FROM secret WHERE id = 1") ?? fresh
      }
      return AccountStore(database: database, path: path, secret: Array(secret))
    } catch {
      throw AccountFailure(error, path)
    }
  }

  private static var schema: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE secret(id INTEGER PRIMARY KEY, value BLOB NOT NULL);
          CREATE TABLE account(
            name TEXT PRIMARY KEY, addresses TEXT NOT NULL, groups TEXT NOT NULL,
            disabled INTEGER NOT NULL DEFAULT 0,
            salt BLOB NOT NULL, rounds INTEGER NOT NULL, block INTEGER NOT NULL,
            lanes INTEGER NOT NULL, hash BLOB NOT NULL,
            scram_salt BLOB NOT NULL, scram_iterations INTEGER NOT NULL,
            stored_key BLOB NOT NULL, server_key BLOB NOT NULL);
          """)
    }
    return migrator
  }

  // MARK: Changes

  package func add(_ account: Account, password: String) throws(AccountFailure) {
    guard Account.isName(account.name) else { throw .badName(account.name) }
    let verifier = try verifier(password)
    try run { database in
      let known = try Bool.fetchOne(
        database, sql: "SELECT 1 FROM account WHERE name = ?", arguments: [account.name])
      guard known == nil else { throw AccountFailure.exists(account.name) }
      try database.execute(
        sql: "INSERT INTO account VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        arguments: [
          account.name, Self.joined(account.addresses.map(\.description)),
          Self.joined(account.groups), account.isDisabled, Data(verifier.salt),
          verifier.cost.rounds, verifier.cost.blockSize, verifier.cost.parallelism,
          Data(verifier.hash), Data(verifier.scramSalt), verifier.scramIterations,
          Data(verifier.storedKey), Data(verifier.serverKey),
        ])
    }
  }

  package func setPassword(_ password: String, for name: String) throws(AccountFailure) {
    let made = try verifier(password)
    try change(
      name,
      """
      UPDATE account SET salt = ?, rounds = ?, block = ?, lanes = ?, hash = ?, scram_salt = ?,
        scram_iterations = ?, stored_key = ?, server_key = ? WHERE name = ?
      """,
      [
        Data(made.salt), made.cost.rounds, made.cost.blockSize, made.cost.parallelism,
        Data(made.hash), Data(made.scramSalt), made.scramIterations, Data(made.storedKey),
        Data(made.serverKey),
      ])
  }

  package func setDisabled(_ isDisabled: Bool, for name: String) throws(AccountFailure) {
    try change(name, "UPDATE account SET disabled = ? WHERE name = ?", [isDisabled])
  }

  package func remove(_ name: String) throws(AccountFailure) {
    try change(name, "DELETE FROM account WHERE name = ?", [])
  }

  private func change(
    _ name: String, _ sql: String, _ values: [any DatabaseValueConvertible]
  ) throws(AccountFailure) {
    let name = name.lowercased()
    try run { database in
      try database.execute(sql: sql, arguments: StatementArguments(values + [name]))
      if database.changesCount == 0 { throw AccountFailure.unknown(name) }
    }
  }

  // MARK: Reading

  /// All accounts, by name.
  package func accounts() throws(AccountFailure) -> [Account] {
    try run { database in
      try Row.fetchAll(database, sql: "SELECT * FROM account ORDER BY name").map(Self.account)
    }
  }

  /// The account with what proves its password.
  func find(_ name: String) throws(AccountFailure) -> (Account, PasswordVerifier)? {
    try run { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM account WHERE name = ?", arguments: [name.lowercased()])
      return row.map { (Self.account($0), Self.verifier($0)) }
    }
  }

  private static func account(_ row: Row) -> Account {
    Account(
      name: row["name"], addresses: split(row["addresses"]).compactMap { Mailbox($0) },
      groups: split(row["groups"]), isDisabled: row["disabled"])
  }

  private static func verifier(_ row: Row) -> PasswordVerifier {
    func bytes(_ column: String) -> [UInt8] { Array(row[column] as Data) }
    return PasswordVerifier(
      salt: bytes("salt"),
      cost: .init(rounds: row["rounds"], blockSize: row["block"], parallelism: row["lanes"]),
      hash: bytes("hash"), scramSalt: bytes("scram_salt"),
      scramIterations: row["scram_iterations"], storedKey: bytes("stored_key"),
      serverKey: bytes("server_key"))
  }

  private static func joined(_ words: [String]) -> String { words.joined(separator: "\n") }
  private static func split(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init)
  }

  // MARK: Tools

  /// A password that a person types anew has at least eight octets (NIST SP 800-63B §5.1.1.1).
  private static let shortestPassword = 8

  private func verifier(_ password: String) throws(AccountFailure) -> PasswordVerifier {
    guard let bytes = PasswordVerifier.prepared(Array(password.utf8)),
      bytes.count >= Self.shortestPassword
    else { throw .badPassword }
    do {
      return try PasswordVerifier(
        password: bytes, salt: Self.random(PasswordVerifier.saltLength),
        scramSalt: Self.random(PasswordVerifier.saltLength))
    } catch {
      throw .unusable(
        path: path, why: "the password can't be hashed: \(error)", remedy: "try again")
    }
  }

  private func run<Value>(
    _ work: (Database) throws -> Value
  ) throws(AccountFailure) -> Value {
    do {
      return try database.write(work)
    } catch let failure as AccountFailure {
      throw failure
    } catch {
      throw AccountFailure(error, path)
    }
  }

  static func random(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
