import ArgumentParser
import Foundation
import Gateway
import Settings
import TOML

/// The `--settings FILE` that every command takes.
struct SettingsFile: ParsableArguments {
  @Option(name: .customLong("settings"), help: "The settings file.")
  var path = "/etc/kadomori/kadomori.toml"

  /// Reads the file; every fault is printed with its line and column.
  func load() throws -> GateSettings { try Self.load(path) }

  /// A certificate is judged only where asked: commands that don't serve it need not be able to read it.
  static func load(_ path: String, judgesCertificate: Bool = false) throws -> GateSettings {
    try told(parse(try octets(path), judgesCertificate: judgesCertificate), of: path)
  }

  /// The settings; or each fault is printed with its place.
  static func told(
    _ outcome: Result<GateSettings, SettingsFaults>, of path: String
  ) throws -> GateSettings {
    switch outcome {
    case .success(let settings): return settings
    case .failure(let faults):
      for fault in faults.faults { complain(printable(fault.line(in: path))) }
      throw ExitCode(1)
    }
  }

  /// The file's octets; where they can't be had, that is told with its remedy.
  static func octets(_ path: String) throws -> [UInt8] {
    switch PrivateFile.read(path) {
    case .success(let bytes): return bytes
    case .failure(let fault):
      complain("\(fault)")
      switch fault.code {
      case EACCES, EPERM: complain("run this as a user who may read it, or as root")
      case EISDIR: complain("it is a folder: name the file in it, such as \(path)/kadomori.toml")
      default:
        complain(
          "name another file with --settings FILE, or try: kadomori serve --development var")
      }
      throw ExitCode(1)
    }
  }

  /// The settings of a text.
  static func parse(
    _ bytes: [UInt8], judgesCertificate: Bool = false
  ) -> Result<GateSettings, SettingsFaults> {
    Result { () throws(SettingsFaults) in
      try GateSettings.load(bytes) { name in
        try? PrivateFile.read(name).get()
      } certificateFault: { tls in
        judgesCertificate ? GateIdentity.fault(of: tls) : nil
      }
    }
  }
}

extension GateSettings {
  /// Why a gate with these settings would receive nothing; nil where it listens somewhere.
  var silence: SettingsFault? {
    guard listeners.isEmpty else { return nil }
    return SettingsFault(
      position: TOMLPosition(line: 1, column: 1),
      message: "no [[listener]]; nothing would be received")
  }

  func complainAboutSilence(in path: String) throws {
    guard let silence else { return }
    complain(silence.line(in: path))
    throw ExitCode(1)
  }
}

/// Prints a line on standard error.
func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
