import ArgumentParser
import Foundation
import Gateway

/// The gate that `make run` starts: everything below one folder, loopback only.
enum DevelopmentSettings {
  /// Makes the folder and its settings file if they are not there; returns the file's path.
  static func prepare(_ folder: String) throws -> String {
    let root = URL(fileURLWithPath: folder).path
    let path = root + "/kadomori.toml"
    do {
      try PrivateFolder.make(root)
      if access(path, F_OK) != 0, let fault = PrivateFile.create(path, text(root)) { throw fault }
    } catch {
      complain("\(error)")
      complain("name a folder that you may write: kadomori serve --development FOLDER")
      throw ExitCode(1)
    }
    return path
  }

  static func text(_ root: String) -> String {
    """
    # A gate for trying out; yours to change. kadomori settings lists everything.
    hostname = "gate.example.test"
    data-directory = \(quoted(root))

    [[listener]]
    kind = "mx"
    address = "127.0.0.1:2525"

    [[listener]]
    kind = "submission"
    address = "127.0.0.1:2587"

    [status]
    address = "127.0.0.1:2580"

    [domain."example.test"]
    route = \(quoted("maildir:\(root)/maildir/{user}"))
    recipients = ["postmaster", "alice", "bob"]

    """
  }

  /// The next thing to type, with the program as it was called.
  static func hint(below folder: String, program: String = CommandLine.arguments[0]) -> String {
    let root = shellWord(folder)
    let kadomori = shellWord(program)
    return """
      Send a message:
        swaks --server 127.0.0.1:2525 --to alice@example.test
      Follow it:
        \(kadomori) trace alice@example.test --settings \(root)/kadomori.toml
      Read it:
        cat \(root)/maildir/alice/new/*
      Let somebody send from outside:
        \(kadomori) user add alice@example.test --settings \(root)/kadomori.toml
      """
  }

  /// A path as a shell takes it: in quotes where it has more than letters, digits and `/._-`.
  static func shellWord(_ path: String) -> String {
    let plain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return plain ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
