import Accounts
import ArgumentParser
import Foundation
import Gateway
import Mail
import Relay
import Settings

/// `kadomori user`: who may log in.
struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Add, list, disable or remove accounts.",
    discussion: "Example: kadomori user add taro@example.ac.jp",
    subcommands: [
      Add.self, List.self, Password.self, Disable.self, Enable.self, Remove.self,
    ])

  static func store(_ file: SettingsFile) throws -> AccountStore {
    let settings = try file.load()
    return try saying {
      try PrivateFolder.make(settings.dataDirectory)
      return try AccountStore.open(path: AccountFile.path(settings))
    }
  }

  /// Turns a failure into its sentence and exit code 1.
  static func saying<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch {
      complain("\(error)")
    }
    throw ExitCode(1)
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an account; the password is asked for, or read from standard input.",
      discussion: "Example: kadomori user add taro@example.ac.jp --group staff")

    @OptionGroup var file: SettingsFile
    @Argument(help: "The login name.") var name: String
    @Option(name: .customLong("address"), help: "An address it may send as; the name by default.")
    var addresses: [String] = []
    @Option(name: .customLong("group"), help: "A group of the settings.") var groups: [String] = []

    func run() throws {
      let texts = addresses.isEmpty ? [name] : addresses
      let mailboxes = texts.compactMap { Mailbox($0) }
      guard mailboxes.count == texts.count else {
        complain("give the account an address: --address taro@example.ac.jp")
        throw ExitCode(1)
      }
      let settings = try file.load()
      for group in groups where !settings.policy.groups.contains(where: { $0.name == group }) {
        complain("there is no [group.\(group)] in \(file.path)")
        throw ExitCode(1)
      }
      let store = try UserCommand.store(file)
      let password = try PasswordInput.ask(for: name)
      try UserCommand.saying {
        try store.add(
          Account(name: name, addresses: mailboxes, groups: groups), password: password)
      }
      print("added \(name.lowercased())")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the accounts.", discussion: "Example: kadomori user list --json")

    @OptionGroup var file: SettingsFile
    @Flag(help: "Print JSON.") var json = false

    struct Row: Encodable {
      let name: String
      let addresses: [String]
      let groups: [String]
      let disabled: Bool
    }

    func run() throws {
      let store = try UserCommand.store(file)
      let rows = try UserCommand.saying { try store.accounts() }.map {
        Row(
          name: $0.name, addresses: $0.addresses.map(\.description), groups: $0.groups,
          disabled: $0.isDisabled)
      }
      if json { return try printJSON(rows) }
      for row in rows {
        let groups = row.groups.isEmpty ? "" : "  groups: " + row.groups.joined(separator: ", ")
        let mark = row.disabled ? "  DISABLED" : ""
        print("\(row.name)  sends as \(row.addresses.joined(separator: ", "))\(groups)\(mark)")
      }
      if rows.isEmpty { print("no accounts; add one with: kadomori user add NAME") }
    }
  }

  struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set an account's password anew.",
      discussion: "Example: kadomori user password taro@example.ac.jp")
    @OptionGroup var file: SettingsFile
    @Argument(help: "The login name.") var name: String

    func run() throws {
      let store = try UserCommand.store(file)
      let password = try PasswordInput.ask(for: name)
      try UserCommand.saying { try store.setPassword(password, for: name) }
      print("changed the password of \(name)")
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let an account log in no more; it is kept.",
      discussion: "Example: kadomori user disable taro@example.ac.jp")
    @OptionGroup var file: SettingsFile
    @Argument(help: "The login name.") var name: String

    func run() throws {
      let store = try UserCommand.store(file)
      try UserCommand.saying { try store.setDisabled(true, for: name) }
      print("disabled \(name)")
    }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a disabled account log in again.",
      discussion: "Example: kadomori user enable taro@example.ac.jp")
    @OptionGroup var file: SettingsFile
    @Argument(help: "The login name.") var name: String

    func run() throws {
      let store = try UserCommand.store(file)
      try UserCommand.saying { try store.setDisabled(false, for: name) }
      print("enabled \(name)")
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove an account.", discussion: "Example: kadomori user remove taro@example.ac.jp"
    )
    @OptionGroup var file: SettingsFile
    @Argument(help: "The login name.") var name: String

    func run() throws {
      let store = try UserCommand.store(file)
      try UserCommand.saying { try store.remove(name) }
      print("removed \(name)")
    }
  }
}

/// Reads a password without showing it; never from the arguments, which every user of the machine sees.
enum PasswordInput {
  static func ask(for name: String) throws -> String {
    guard isatty(0) == 1 else { return readLine(strippingNewline: true) ?? "" }
    let first = String(cString: getpass("Password for \(name): "))
    let second = String(cString: getpass("Once more: "))
    guard first == second else {
      complain("the two are not the same; nothing was changed")
      throw ExitCode(1)
    }
    return first
  }
}
