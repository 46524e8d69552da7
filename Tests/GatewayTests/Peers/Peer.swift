import Foundation
import Glibc
import Vectors

/// Programs of others that talk to a gate: found, run, started on free ports, ended.
enum Peer {
  /// The path of a program, nil where its package is not installed (scripts/setup --tests).
  static func find(_ name: String) -> String? {
    ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func has(_ names: String...) -> Bool { names.allSatisfy { find($0) != nil } }

  static var isRoot: Bool { geteuid() == 0 }

  /// Runs a program to its end; its code and all that it said.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (code: Int32, output: String) {
    try ChildProgram.run(
      find(name) ?? name, arguments, environment: environment, hearsErrors: true)
  }

  /// Starts a server that writes into the file `output`; the caller ends it.
  static func start(
    _ name: String, _ arguments: [String], output: String
  ) throws -> ChildProgram {
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let handle = FileHandle(forWritingAtPath: output)
    defer { try? handle?.close() }
    return try ChildProgram(
      find(name) ?? name, arguments, output: handle?.fileDescriptor,
      errors: handle?.fileDescriptor)
  }

  /// Asks until something holds, at most so long; whether it came to hold.
  static func eventually(seconds: Int = 180, _ holds: () throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if try holds() { return true }
      await Task.yield()
    }
    // Where the other tests keep every thread busy a yield alone can outlast the time.
    return try holds()
  }

  static func listens(on port: UInt16) async -> Bool {
    await eventually { (try? WireClient(port: port)) != nil }
  }

  /// A file beside the package's manifest.
  static func script(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("scripts/\(name)").path
  }
}
