import Glibc
import Spool
import Synchronization

/// The directories of Maildirs whose names are on the disk for certain.
///
/// That one is there proves nothing: whoever made it may have been killed before the one above it was
/// synced, or that sync failed, and a power cut then takes it with the mail in it (found by the simulator).
/// So in each life of a gate the one above is synced once for each directory on the way.
final class DurableFolders: Sendable {
  private let known = Mutex<Set<String>>([])

  /// Directories that are remembered, some 10 MB; beyond, all are forgotten and synced anew.
  private static let limit = 100_000

  /// Makes a directory, and those above it, where they are not there. Blocks.
  func make(_ path: String, on files: any FileSystem) throws(FileFailure) {
    let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    let isNew = try makeName(path, above, files)
    guard isNew || !isKnown(path) else { return }
    if !above.isEmpty, !isKnown(above) { try make(above, on: files) }
    do throws(FileFailure) {
      try files.syncFolder(of: path)
    } catch {
      // What was there and lies where we may not look is not of our making.
      guard !isNew, error.code == EACCES || error.code == EPERM else { throw error }
    }
    known.withLock { known in
      if known.count >= Self.limit { known = [] }
      known.insert(path)
    }
  }

  private func makeName(
    _ path: String, _ above: String, _ files: any FileSystem
  ) throws(FileFailure) -> Bool {
    do throws(FileFailure) {
      return try files.makeDirectory(path)
    } catch {
      guard error.code == ENOENT, !above.isEmpty else { throw error }
      try make(above, on: files)
      return try files.makeDirectory(path)
    }
  }

  private func isKnown(_ path: String) -> Bool { known.withLock { $0.contains(path) } }
}
