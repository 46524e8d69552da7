import Spool
import Synchronization

/// A disk that outlives the lives of the gate.
final class SimulatedDisk: Sendable {
  let state: Mutex<DiskState>

  init(chance: Chance) { state = Mutex(DiskState(chance: chance)) }
}

/// The disk as one life of the gate sees it; when that life is over everything fails.
final class SimulatedFileSystem: FileSystem {
  let disk: SimulatedDisk
  let life: Int
  private let scheduler: Scheduler
  /// Set when the power goes in the middle of an operation.
  private let isOff = Mutex(false)
  /// An operation failed in this life that the disk had begun. That there is no room is no such failure, nor a
  /// full file table: the gate has to live with these.
  private let hasFailure = Mutex(false)

  init(disk: SimulatedDisk, life: Int, scheduler: Scheduler) {
    self.disk = disk
    self.life = life
    self.scheduler = scheduler
  }

  var isDead: Bool { isOff.withLock { $0 } }

  var hasFailed: Bool { isDead || hasFailure.withLock { $0 } }

  func switchOff() { isOff.withLock { $0 = true } }

  /// What an operation hears before it does anything.
  enum Omen {
    case good
    /// It fails with this error, perhaps half done.
    case fails(Int32)
    /// The power goes while it is under way.
    case cut
  }

  func omen(
    _ operation: String, _ path: String, _ rate: (DiskState.Faults) -> Int
  ) throws(FileFailure) -> Omen {
    guard !isDead else { throw FileFailure(operation: operation, path: path, code: 5) }
    let omen = disk.state.withLock { state -> Omen in
      state.faults.operationsLeft -= 1
      if state.faults.operationsLeft <= 0 { return .cut }
      guard state.chance.happens(rate(state.faults)) else { return .good }
      return .fails(state.chance.happens(500) ? 28 : 5)  // ENOSPC, EIO
    }
    switch omen {
    case .good: scheduler.detail("disk: \(operation) \(path)")
    case .fails(let code):
      hasFailure.withLock { $0 = true }
      scheduler.note("disk: \(operation) \(path) fails with \(code)")
    case .cut:
      switchOff()
      scheduler.note("disk: the power goes during \(operation) \(path)")
    }
    return omen
  }

  /// A change of names: done, or failed without a trace, or cut before or behind.
  private func rename(
    _ operation: String, _ path: String, _ make: (DiskState) -> DiskState.NameChange?
  ) throws(FileFailure) {
    let omen = try omen(operation, path) { $0.directory }
    let code = disk.state.withLock { state -> Int32? in
      if case .fails(let code) = omen { return code }
      guard let change = make(state) else { return 2 }  // ENOENT
      DiskState.apply(change, to: &state.names)
      state.changes.append(change)
      if case .cut = omen { return 5 }
      return nil
    }
    if let code { throw FileFailure(operation: operation, path: path, code: code) }
  }

  func open(_ path: String, create: Bool) throws(FileFailure) -> any OpenFile {
    let isCrowded = disk.state.withLock { $0.chance.happens($0.faults.open) }
    if isCrowded {
      scheduler.note("disk: too many open files for \(path)")
      throw FileFailure(operation: "open", path: path, code: 24)  // EMFILE
    }
    guard disk.state.withLock({ $0.hasDirectory(DiskState.folder(of: path)) }) else {
      throw FileFailure(operation: "open", path: path, code: 2)
    }
    if create, disk.state.withLock({ $0.names[path] == nil }) {
      guard !disk.state.withLock({ $0.faults.hasNoInodes }) else {
        throw FileFailure(operation: "open", path: path, code: 28)  // ENOSPC
      }
      let inode = disk.state.withLock { state in
        defer { state.nextInode += 1 }
        state.inodes[state.nextInode] = .init()
        return state.nextInode
      }
      try rename("open", path) { _ in .made(path, inode) }
    } else if isDead {
      throw FileFailure(operation: "open", path: path, code: 5)
    }
    guard let inode = disk.state.withLock({ $0.names[path] }) else {
      throw FileFailure(operation: "open", path: path, code: 2)
    }
    return SimulatedFile(inode: inode, path: path, system: self)
  }

  func list(_ directory: String) throws(FileFailure) -> [String] {
    guard !isDead else { throw FileFailure(operation: "list", path: directory, code: 5) }
    let names = disk.state.withLock { $0.names.keys.sorted() }
    return names.filter { DiskState.folder(of: $0) == directory }.map { path in
      path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
  }

  func remove(_ path: String) throws(FileFailure) {
    try rename("remove", path) { $0.names[path] == nil ? nil : .removed(path) }
  }

  func rename(_ path: String, to new: String) throws(FileFailure) {
    try rename("rename", path) { state in
      state.names[path].map { .renamed(path, to: new, $0) }
    }
  }

  func makeDirectory(_ path: String) throws(FileFailure) -> Bool {
    guard !isDead else { throw FileFailure(operation: "make directory", path: path, code: 5) }
    if disk.state.withLock({ $0.names[path] != nil }) { return false }
    guard !disk.state.withLock({ $0.faults.hasNoInodes }) else {
      throw FileFailure(operation: "make directory", path: path, code: 28)  // ENOSPC
    }
    try rename("make directory", path) { state in
      state.hasDirectory(DiskState.folder(of: path)) ? .made(path, DiskState.directory) : nil
    }
    return true
  }

  func syncDirectory(_ path: String) throws(FileFailure) {
    let omen = try omen("sync directory", path) { $0.sync }
    guard case .good = omen else { throw FileFailure(operation: "sync", path: path, code: 5) }
    disk.state.withLock { $0.persistNames(in: path) }
  }

  func room(_ directory: String) throws(FileFailure) -> (free: Int, all: Int) {
    (disk.state.withLock { $0.faults.isFull } ? 1000 : 1 << 40, 1 << 41)
  }

  /// Octets of a write for which there is room: on a disk without free blocks those that are there.
  func room(for count: Int, at offset: Int, of inode: Int) -> Int {
    let room = disk.state.withLock { state in
      state.faults.hasNoBlocks ? (state.inodes[inode]?.cached.count ?? 0) - offset : count
    }
    guard room < count else { return count }
    hasFailure.withLock { $0 = true }
    return max(0, room)
  }

  func takesTime() {
    let wait = disk.state.withLock { state in
      state.chance.happens(state.faults.slowSync) ? state.chance.below(3000) : 1
    }
    scheduler.pass(milliseconds: wait)
  }
}
