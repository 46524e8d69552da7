import ArgumentParser
import Foundation
import Settings

/// The `--settings FILE` that every command takes.
struct SettingsFile: ParsableArguments {
  @Option(name: .customLong("settings"), help: "The settings file.")
  var path = "/etc/kadomori/kadomori.toml"

  /// Reads the file; every fault is printed with its line and column.
  func load() throws -> GateSettings { try Self.load(path) }

  static func load(_ path: String) throws -> GateSettings {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      complain("can't read \(path): \(error.localizedDescription)")
      complain("name another file with --settings FILE, or try: kadomori serve --development var")
      throw ExitCode(1)
    }
    return try parse(bytes, path)
  }

  /// The settings of a text; every fault is printed as of `path`.
  static func parse(_ bytes: [UInt8], _ path: String) throws -> GateSettings {
    do {
      return try GateSettings.load(bytes) { name in
        (try? Data(contentsOf: URL(fileURLWithPath: name))).map(Array.init)
      }
    } catch {
      for fault in error.faults { complain(fault.line(in: path)) }
      throw ExitCode(1)
    }
  }
}

/// Prints a line on standard error.
func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
