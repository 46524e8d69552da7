import TOML
import Glibc

/// The shipped rules and those of a folder, which may change while the gate runs.
///
/// `*.toml` of the folder are read in the order of their names. A file that is bad is refused with line
/// and column, and what it said before stays on; one that goes away takes its rules along.
package struct RuleLibrary: Sendable {
  package let folder: String?
  package private(set) var book: RuleBook
  /// What is wrong now, file by file.
  package private(set) var faults: [RuleFault] = []
  private var files: [String: Entry] = [:]

  /// What was last read of one file.
  private struct Entry: Sendable {
    var stamp: FileStamp
    /// The last reading that was good.
    var file: RuleFile?
    var faults: [RuleFault]
  }

  /// Octets of one file, and files of a folder.
  private static let sizeLimit = 4 << 20
  private static let fileLimit = 500

  package init(folder: String? = nil) {
    self.folder = folder
    book = RuleBook(ShippedRules.files)
    _ = refresh()
  }

  /// Looks at the folder and reads what changed; true when the rules, or what is wrong with them, did.
  package mutating func refresh() -> Bool {
    guard let folder else { return false }
    let names = Self.names(in: folder, endings: [".toml"])
    var hasChanged = false
    for gone in Set(files.keys).subtracting(names) {
      files[gone] = nil
      hasChanged = true
    }
    for name in names {
      let stamp = FileStamp(folder + "/" + name)
      guard files[name]?.stamp != stamp else { continue }
      files[name] = read(name, stamp)
      hasChanged = true
    }
    guard hasChanged else { return false }
    let order = files.keys.sorted()
    faults = order.flatMap { files[$0]?.faults ?? [] }
    book = RuleBook(ShippedRules.files + order.compactMap { files[$0]?.file })
    return true
  }

  private func read(_ name: String, _ stamp: FileStamp) -> Entry {
    let old = files[name]?.file
    guard let bytes = Self.octets(of: (folder ?? "") + "/" + name) else {
      let fault = RuleFault(
        file: name, position: .init(line: 1, column: 1), message: "the file can't be read")
      return Entry(stamp: stamp, file: old, faults: [fault])
    }
    switch RuleFile.read(bytes, name: name) {
    case .success(let file): return Entry(stamp: stamp, file: file, faults: [])
    case .failure(let error): return Entry(stamp: stamp, file: old, faults: error.faults)
    }
  }

  /// Files of a folder with one of these endings, in the order of their names.
  static func names(in folder: String, endings: [String]) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle), names.count < fileLimit {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let isWanted = endings.contains { name.hasSuffix($0) }
      if isWanted, !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Nil for what can't be read or is larger than any rule file.
  package static func octets(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(file, &piece, piece.count)
      guard count >= 0, bytes.count <= sizeLimit else { return nil }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }
}

/// What tells that a file is another than before.
struct FileStamp: Hashable, Sendable {
  private let seconds: Int
  private let nanoseconds: Int
  private let size: Int
  private let inode: UInt

  init(_ path: String) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    seconds = isThere ? status.st_mtim.tv_sec : 0
    nanoseconds = isThere ? status.st_mtim.tv_nsec : 0
    size = isThere ? Int(status.st_size) : -1
    inode = isThere ? UInt(status.st_ino) : 0
  }
}
