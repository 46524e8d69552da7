import Spool

/// A bug put in on purpose, to see that the simulator finds it.
package enum Flaw: String, Hashable, Sendable, CaseIterable {
  /// A frame is called durable before it is: the client hears 250 too early.
  case acceptsBeforeSync
  /// New names are never synced.
  case skipsDirectorySync
  /// A message's record is on the disk before its body is.
  case recordsBeforeBody
  case ignoresChecksums
  /// Copying forward forgets a living message.
  case losesCopies
  /// A commit is not all or nothing: a recipient may be given up and its sender not told.
  case splitsCommits
  /// A segment is taken anew while its old name may still be on the disk.
  case trustsUnsyncedNames
  /// A power cut may keep an older segment and lose a younger one with the end of its messages.
  case retiresInAnyOrder

  var spoolFlaws: SpoolFlaws {
    var flaws = SpoolFlaws()
    flaws.ignoresChecksums = self == .ignoresChecksums
    flaws.losesCopies = self == .losesCopies
    flaws.splitsCommits = self == .splitsCommits
    flaws.trustsUnsyncedNames = self == .trustsUnsyncedNames
    flaws.retiresInAnyOrder = self == .retiresInAnyOrder
    return flaws
  }
}

/// A file system that does not do what it says.
struct FlawedFileSystem: FileSystem {
  private let real: any FileSystem
  private let flaw: Flaw

  init(_ real: any FileSystem, flaw: Flaw) {
    self.real = real
    self.flaw = flaw
  }

  func open(_ path: String, create: Bool) throws(FileFailure) -> any OpenFile {
    let file = try real.open(path, create: create)
    let lies =
      switch flaw {
      case .acceptsBeforeSync: path.contains("/segment-")
      case .recordsBeforeBody: path.contains("/body-")
      default: false
      }
    return lies ? LyingFile(file: file) : file
  }

  func syncDirectory(_ path: String) throws(FileFailure) {
    if flaw != .skipsDirectorySync { try real.syncDirectory(path) }
  }

  func list(_ directory: String) throws(FileFailure) -> [String] { try real.list(directory) }
  func remove(_ path: String) throws(FileFailure) { try real.remove(path) }
  func makeDirectory(_ path: String) throws(FileFailure) -> Bool { try real.makeDirectory(path) }
  func rename(_ path: String, to new: String) throws(FileFailure) {
    try real.rename(path, to: new)
  }
  func room(_ directory: String) throws(FileFailure) -> (free: Int, all: Int) {
    try real.room(directory)
  }
}

/// A file whose sync does nothing.
private final class LyingFile: OpenFile {
  private let file: any OpenFile

  init(file: any OpenFile) { self.file = file }

  func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    try file.write(bytes, at: offset)
  }
  func read(_ count: Int, at offset: Int) throws(FileFailure) -> [UInt8] {
    try file.read(count, at: offset)
  }
  func sync() throws(FileFailure) {}
  func truncate(to size: Int) throws(FileFailure) { try file.truncate(to: size) }
  var size: Int { get throws(FileFailure) { try file.size } }
  func lock() throws(FileFailure) -> Bool { try file.lock() }
}
