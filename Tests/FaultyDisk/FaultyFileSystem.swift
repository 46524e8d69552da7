package import Spool
package import Synchronization

/// A real disk that fails, or waits, where a test says so.
package final class FaultyFileSystem: FileSystem {
  package struct Faults: Sendable {
    /// No new file can be made.
    package var create = false
    package var write = false
    package var truncate = false
    package var sync = false
    package var isFull = false
    /// Called inside `sync`, on the spool's writer thread.
    package var whileSyncing: (@Sendable () -> Void)?
  }

  package let faults = Mutex(Faults())
  private let disk = DiskFileSystem()

  package init() {}

  package func open(_ path: String, create: Bool) throws(FileFailure) -> any OpenFile {
    if create { try check({ $0.create }, "open") }
    return FaultyFile(file: try disk.open(path, create: create), system: self)
  }
  package func list(_ directory: String) throws(FileFailure) -> [String] {
    try disk.list(directory)
  }
  package func remove(_ path: String) throws(FileFailure) { try disk.remove(path) }
  package func syncDirectory(_ path: String) throws(FileFailure) { try disk.syncDirectory(path) }
  package func makeDirectory(_ path: String) throws(FileFailure) -> Bool {
    try disk.makeDirectory(path)
  }
  package func rename(_ path: String, to new: String) throws(FileFailure) {
    try disk.rename(path, to: new)
  }
  package func room(_ directory: String) throws(FileFailure) -> (free: Int, all: Int) {
    faults.withLock { $0.isFull } ? (0, 1 << 30) : try disk.room(directory)
  }

  fileprivate func check(_ fault: @Sendable (Faults) -> Bool, _ operation: String)
    throws(FileFailure)
  {
    if faults.withLock({ fault($0) }) {
      throw FileFailure(operation: operation, path: "test", code: 5)  // EIO
    }
  }
}

private final class FaultyFile: OpenFile {
  private let file: any OpenFile
  private let system: FaultyFileSystem

  init(file: any OpenFile, system: FaultyFileSystem) {
    self.file = file
    self.system = system
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    try file.write(bytes, at: offset)
    try system.check({ $0.write }, "write")
  }
  func read(_ count: Int, at offset: Int) throws(FileFailure) -> [UInt8] {
    try file.read(count, at: offset)
  }
  func sync() throws(FileFailure) {
    system.faults.withLock { $0.whileSyncing }?()
    try system.check({ $0.sync }, "sync")
    try file.sync()
  }
  func truncate(to size: Int) throws(FileFailure) {
    try system.check({ $0.truncate }, "truncate")
    try file.truncate(to: size)
  }
  var size: Int { get throws(FileFailure) { try file.size } }
  func lock() throws(FileFailure) -> Bool { try file.lock() }
}
