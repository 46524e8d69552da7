import Foundation

/// The gate that `make run` starts: everything below one folder, loopback only.
enum DevelopmentSettings {
  /// Makes the folder and its settings file if they are not there; returns the file's path.
  static func prepare(_ folder: String) throws -> String {
    let root = URL(fileURLWithPath: folder).path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let path = root + "/kadomori.toml"
    if !FileManager.default.fileExists(atPath: path) {
      try text(root).write(toFile: path, atomically: true, encoding: .utf8)
    }
    return path
  }

  private static func text(_ root: String) -> String {
    """
    # A gate for trying out; yours to change. kadomori settings lists everything.
    hostname = "gate.example.test"
    data-directory = "\(root)"

    [[listener]]
    kind = "mx"
    address = "127.0.0.1:2525"

    [[listener]]
    kind = "submission"
    address = "127.0.0.1:2587"

    [status]
    address = "127.0.0.1:2580"

    [domain."example.test"]
    route = "maildir:\(root)/maildir/{user}"
    recipients = ["postmaster", "alice", "bob"]

    """
  }

  /// The next thing to type.
  static func hint(below root: String) -> String {
    """
    Send a message:
      swaks --server 127.0.0.1:2525 --to alice@example.test
    Follow it:
      kadomori trace alice@example.test --settings \(root)/kadomori.toml
    Read it:
      cat \(root)/maildir/alice/new/*
    Let somebody send from outside:
      kadomori user add alice@example.test --settings \(root)/kadomori.toml
    """
  }
}
