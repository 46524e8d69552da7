import Spool
import Synchronization

/// An open file of the simulated disk.
final class SimulatedFile: OpenFile {
  private let inode: Int
  private let path: String
  private let system: SimulatedFileSystem

  init(inode: Int, path: String, system: SimulatedFileSystem) {
    self.inode = inode
    self.path = path
    self.system = system
  }

  private func failure(_ operation: String, _ code: Int32 = 5) -> FileFailure {
    FileFailure(operation: operation, path: path, code: code)
  }

  private func put(_ write: DiskState.Write) {
    system.disk.state.withLock { state in
      guard var node = state.inodes.removeValue(forKey: inode) else { return }
      DiskState.apply(write, to: &node.cached)
      node.pending.append(write)
      state.inodes[inode] = node
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    let omen = try system.omen("write", path) { $0.write }
    if case .good = omen {
      let room = system.room(for: bytes.count, at: offset, of: inode)
      if room > 0 { put(.data(offset: offset, Array(bytes[..<room]))) }
      guard room == bytes.count else { throw failure("write", 28) }  // ENOSPC
      return
    }
    let count = system.disk.state.withLock { $0.chance.below(bytes.count + 1) }
    if count > 0 { put(.data(offset: offset, Array(bytes[..<count]))) }
    if case .fails(let code) = omen { throw failure("write", code) }
    throw failure("write")
  }

  func read(_ count: Int, at offset: Int) throws(FileFailure) -> [UInt8] {
    guard !system.isDead else { throw failure("read") }
    return system.disk.state.withLock { state in
      guard let content = state.inodes[inode]?.cached, offset < content.count else { return [] }
      return Array(content[offset..<min(content.count, offset + count)])
    }
  }

  /// A sync that fails has brought some of it to the disk, and the kernel takes the rest for clean.
  func sync() throws(FileFailure) {
    let omen = try system.omen("sync", path) { $0.sync }
    system.takesTime()
    switch omen {
    case .good: system.disk.state.withLock { $0.persistAll(of: inode) }
    case .cut: throw failure("sync")
    case .fails(let code):
      system.disk.state.withLock { $0.persistSome(of: inode) }
      throw failure("sync", code)
    }
  }

  func truncate(to size: Int) throws(FileFailure) {
    let omen = try system.omen("truncate", path) { $0.write }
    guard case .good = omen else { throw failure("truncate") }
    put(.size(size))
  }

  var size: Int {
    get throws(FileFailure) {
      guard !system.isDead else { throw failure("stat") }
      return system.disk.state.withLock { $0.inodes[inode]?.cached.count ?? 0 }
    }
  }

  func lock() throws(FileFailure) -> Bool {
    guard !system.isDead else { throw failure("lock") }
    return system.disk.state.withLock { state in
      guard state.locks[inode] == nil else { return false }
      state.locks[inode] = system.life
      return true
    }
  }
}
