package import Foundation

/// Published conformance data, read where it lies: `$KADOMORI_SUITES`, or `shared/suites` beside the
/// checkout. Nothing of it is copied; absent, the tests that need it are skipped. Paths are below that
/// folder.
package enum Suites {
  package static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()

  package static let arePresent = FileManager.default.fileExists(atPath: folder)

  package static func url(_ path: String) -> URL { URL(fileURLWithPath: folder + "/" + path) }

  package static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(path)))
  }

  package static func json(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(contentsOf: url(path)))
  }

  /// What lies in a folder, sorted.
  package static func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url(path).path).sorted()
  }

  /// Paths of the files below a folder, at any depth, whose names end so, sorted.
  package static func files(_ path: String, _ ending: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: url(path).path)
    return (found?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(ending) }.sorted().map { path + "/" + $0 }
  }

  /// A message as it came by SMTP: every line ends in CRLF.
  package static func message(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for byte in bytes {
      if byte == 0x0A, output.last != 0x0D { output.append(0x0D) }
      output.append(byte)
    }
    return output
  }

  /// Strings in which U+00XX stands for the octet XX.
  package static func octets(_ text: String) -> [UInt8] {
    text.unicodeScalars.allSatisfy { $0.value < 0x100 }
      ? text.unicodeScalars.map { UInt8($0.value) } : Array(text.utf8)
  }
}
