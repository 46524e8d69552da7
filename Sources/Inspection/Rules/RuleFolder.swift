import Glibc

/// A folder of rule files that may change while the gate runs.
///
/// A file is read again when its time, size or inode is another. One that is bad, or can't be read, is told
/// and what it said before stays on; one that goes away takes its rules along. A folder that can't be
/// listed, to its end, leaves everything as it was.
///
/// Who looks again and again takes up what two looks saw alike: a file that is being written is empty at
/// first, which is good TOML and good YARA, and one that is being replaced may be gone for a moment.
struct RuleFolder<Reading: Sendable>: Sendable {
  let path: String
  private let endings: [String]
  private var entries: [String: Entry] = [:]
  private var isListed = true
  /// What the last look saw.
  private var seen: [String: FileStamp] = [:]

  /// What was last read of one file.
  private struct Entry: Sendable {
    var stamp: FileStamp
    /// The last reading that was good.
    var good: Reading?
    var faults: [RuleFault]
  }

  init(_ path: String, endings: [String]) {
    self.path = path
    self.endings = endings
  }

  /// The last good reading of each file, in the order of their names.
  var readings: [Reading] { entries.keys.sorted().compactMap { entries[$0]?.good } }

  /// What is wrong now, file by file.
  var faults: [RuleFault] {
    let unlisted = [
      RuleFault(
        file: path,
        "the folder can't be listed, or holds more than \(RuleFiles.fileLimit) rule files")
    ]
    return (isListed ? [] : unlisted) + entries.keys.sorted().flatMap { entries[$0]?.faults ?? [] }
  }

  /// Reads what changed; true when what is good, or what is wrong, did. A look that `waits` leaves for the
  /// next one what it sees for the first time.
  mutating func refresh(
    waits: Bool, _ read: (RuleSource) -> Result<Reading, RuleFaults>
  ) -> Bool {
    let names = RuleFiles.names(in: path, endings: endings)
    var hasChanged = isListed != (names != nil)
    isListed = names != nil
    guard let names else { return hasChanged }
    let before = seen
    seen = Dictionary(uniqueKeysWithValues: names.map { ($0, FileStamp(path + "/" + $0)) })
    for name in Set(entries.keys).union(names).sorted() {
      let stamp = seen[name]
      guard entries[name]?.stamp != stamp, !waits || before[name] == stamp else { continue }
      entries[name] = stamp.map { entry(name, $0, read) }
      hasChanged = true
    }
    return hasChanged
  }

  private func entry(
    _ name: String, _ stamp: FileStamp, _ read: (RuleSource) -> Result<Reading, RuleFaults>
  ) -> Entry {
    let old = entries[name]?.good
    guard let text = RuleFiles.octets(of: path + "/" + name) else {
      let fault = RuleFault(file: name, "the file can't be read")
      return Entry(stamp: stamp, good: old, faults: [fault])
    }
    switch read(RuleSource(name: name, text: text)) {
    case .success(let reading): return Entry(stamp: stamp, good: reading, faults: [])
    case .failure(let error): return Entry(stamp: stamp, good: old, faults: error.faults)
    }
  }
}

/// Files of rules on the disk.
package enum RuleFiles {
  /// Octets of one file, and files of a folder.
  private static let sizeLimit = 4 << 20
  static let fileLimit = 500

  /// Files of a folder with one of these endings, in the order of their names; nil where it can't be
  /// listed, or not to its end: half of a list would take away the other half's rules.
  package static func names(in folder: String, endings: [String]) -> [String]? {
    guard let handle = opendir(folder) else { return nil }
    defer { closedir(handle) }
    var names: [String] = []
    while true {
      // Only errno tells an end from a failure (POSIX, readdir).
      errno = 0
      guard let entry = readdir(handle) else { return errno == 0 ? names.sorted() : nil }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let isWanted = endings.contains { name.hasSuffix($0) }
      guard isWanted, !name.hasPrefix(".") else { continue }
      guard names.count < fileLimit else { return nil }
      names.append(name)
    }
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
private struct FileStamp: Hashable, Sendable {
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
