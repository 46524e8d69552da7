import Foundation

/// Published conformance data, read where it lies: `$KADOMORI_SUITES`, or `shared/suites` beside the
/// checkout. Nothing of it is copied; absent, these tests are skipped.
enum Suites {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()

  static let arePresent = FileManager.default.fileExists(atPath: folder)

  /// Files below a folder whose names end so, sorted.
  static func files(_ path: String, _ ending: String) -> [String] {
    let base = folder + "/" + path
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { base + "/" + $0 }
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  static func json(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(try bytes(path)))
  }
}

/// What a suite came to: printed, and held against the departures that are argued for.
struct Tally {
  let name: String
  private(set) var passed = 0
  private var notes: [String] = []
  private(set) var unexplained: [String] = []
  private(set) var failed: [String] = []

  init(_ name: String) { self.name = name }

  /// `argument` is why a departure is right, if it is one.
  mutating func count(_ isRight: Bool, _ what: String, _ argument: String? = nil) {
    if isRight { return passed += 1 }
    failed.append(argument.map { "\(what): \($0)" } ?? what)
    if argument == nil { unexplained.append(what) }
  }

  /// Something worth knowing that is no departure.
  mutating func note(_ what: String) { notes.append(what) }

  func report() {
    print("suite \(name): \(passed) of \(passed + failed.count)")
    for what in notes { print("  \(what)") }
    for what in failed { print("  departs: \(what)") }
  }
}
