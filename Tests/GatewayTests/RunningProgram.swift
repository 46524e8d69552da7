import Foundation
import Testing
import Vectors

/// The built program, serving in a folder of its own on a free loopback port.
final class RunningProgram {
  /// Its first listener's.
  let port: UInt16
  let folder: String
  private let process: ChildProgram
  private let errors = Pipe()
  private var heard = ""

  static let path = TestGate.program
  /// Milliseconds.
  private static let patience: Int32 = 120_000
  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// `extra` is put before the tables of the standard settings.
  init(_ extra: String = "") throws {
    folder = NSTemporaryDirectory() + "kadomori-program-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.settings(folder, extra).write(
      toFile: folder + "/k.toml", atomically: true, encoding: .utf8)
    let output = Pipe()
    process = try ChildProgram(
      Self.path, ["serve", "--settings", folder + "/k.toml"],
      output: output.fileHandleForWriting.fileDescriptor,
      errors: errors.fileHandleForWriting.fileDescriptor)
    try output.fileHandleForWriting.close()
    try errors.fileHandleForWriting.close()
    port = try Self.port(output.fileHandleForReading)
  }

  private static func settings(_ folder: String, _ extra: String) -> String {
    """
    hostname = "gate.example.test"
    data-directory = "\(folder)"
    \(extra)
    [[listener]]
    kind = "mx"
    address = "127.0.0.1:0"
    [domain."example.test"]
    route = "smtp://127.0.0.1:1"
    recipients = ["alice"]
    """
  }

  /// The port from the program's first line, `listening: mx 127.0.0.1:2525`.
  private static func port(_ output: FileHandle) throws -> UInt16 {
    var text = ""
    while !text.contains("\n") {
      let piece = output.availableData
      try #require(!piece.isEmpty, "the program ended: \(text)")
      text += String(decoding: piece, as: UTF8.self)
    }
    let line = text.split(separator: "\n").first ?? ""
    return try #require(line.split(separator: ":").last.flatMap { UInt16($0) })
  }

  /// Changes the settings file, and says so to the program.
  func change(_ change: (String) -> String) throws {
    let file = folder + "/k.toml"
    let text = change(try String(contentsOfFile: file, encoding: .utf8))
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    process.signal(SIGHUP)
  }

  /// The next line of its log that has these words.
  func line(with words: String) throws -> String {
    while true {
      var lines = heard.components(separatedBy: "\n")
      heard = lines.removeLast()
      if let index = lines.firstIndex(where: { $0.contains(words) }) {
        heard = (lines[(index + 1)...] + [heard]).joined(separator: "\n")
        return lines[index]
      }
      let handle = errors.fileHandleForReading
      var ready = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      try #require(poll(&ready, 1, Self.patience) > 0, "no line with \(words): \(heard)")
      let piece = handle.availableData
      try #require(!piece.isEmpty, "the program ended without \(words): \(heard)")
      heard += String(decoding: piece, as: UTF8.self)
    }
  }

  /// How much of its log nobody read; after it ended.
  func unheard() throws -> Int { try errors.fileHandleForReading.readToEnd()?.count ?? 0 }

  /// Ends it by a signal, and waits; its code.
  @discardableResult
  func end(_ signal: Int32 = SIGTERM) -> Int32 { process.end(signal) }

  func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}
