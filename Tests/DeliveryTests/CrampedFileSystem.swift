import Spool
import Synchronization

/// A real disk that says it has no room, where a test wants that.
final class CrampedFileSystem: FileSystem {
  let isCramped = Atomic(false)
  private let disk = DiskFileSystem()

  func room(_ directory: String) throws(FileFailure) -> (free: Int, all: Int) {
    let (free, all) = try disk.room(directory)
    return (isCramped.load(ordering: .relaxed) ? 0 : free, all)
  }

  func open(_ path: String, create: Bool) throws(FileFailure) -> any OpenFile {
    try disk.open(path, create: create)
  }
  func list(_ directory: String) throws(FileFailure) -> [String] { try disk.list(directory) }
  func remove(_ path: String) throws(FileFailure) { try disk.remove(path) }
  func syncDirectory(_ path: String) throws(FileFailure) { try disk.syncDirectory(path) }
  func makeDirectory(_ path: String) throws(FileFailure) -> Bool { try disk.makeDirectory(path) }
  func rename(_ path: String, to new: String) throws(FileFailure) {
    try disk.rename(path, to: new)
  }
}
