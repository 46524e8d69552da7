import Spool

/// What a disk and the page cache before it hold, and what a power cut may leave of it.
///
/// A write is in the cache at once and on the disk after a sync. Until then each sector of it may be on the
/// disk or not, whatever became of the others; so may each change of a directory until that is synced.
struct DiskState: Sendable {
  enum Write: Sendable {
    case data(offset: Int, [UInt8])
    case size(Int)
  }

  struct Inode: Sendable {
    var cached: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [Write] = []
  }

  enum NameChange: Sendable {
    case made(String, Int)
    case removed(String)
    case renamed(String, to: String, Int)

    /// Whether a sync of this directory brings it to the disk.
    func isIn(_ directory: String) -> Bool {
      switch self {
      case .made(let name, _), .removed(let name): DiskState.folder(of: name) == directory
      case .renamed(let old, let new, _):
        DiskState.folder(of: old) == directory || DiskState.folder(of: new) == directory
      }
    }
  }

  /// What stands for a directory in place of an inode.
  static let directory = 0

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  func hasDirectory(_ path: String) -> Bool {
    path == "." || path == "/" || names[path] == Self.directory
  }

  /// How a disk behaves in one life; all zero is a good one. Counts are times in a thousand.
  struct Faults: Sendable {
    var write = 0
    var sync = 0
    var directory = 0
    var slowSync = 0
    /// A file can't be opened: the file table is full.
    var open = 0
    var isFull = false
    /// No file can grow; what is there can be written.
    var hasNoBlocks = false
    /// No new file can be made; there is room in those that are there.
    var hasNoInodes = false
    /// Operations until the power goes.
    var operationsLeft = Int.max
  }

  static let sector = 512

  var inodes: [Int: Inode] = [:]
  var names: [String: Int] = [:]
  var durableNames: [String: Int] = [:]
  var changes: [NameChange] = []
  var nextInode = 1
  /// Which life has the lock of each file.
  var locks: [Int: Int] = [:]
  var faults = Faults()
  var chance: Chance

  init(chance: Chance) { self.chance = chance }

  // MARK: Applying

  static func apply(_ write: Write, to content: inout [UInt8]) {
    switch write {
    case .size(let size):
      if size < content.count {
        content.removeLast(content.count - size)
      } else {
        content += [UInt8](repeating: 0, count: size - content.count)
      }
    case .data(let offset, let bytes):
      let end = offset + bytes.count
      if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
      content.replaceSubrange(offset..<end, with: bytes)
    }
  }

  static func apply(_ change: NameChange, to names: inout [String: Int]) {
    switch change {
    case .made(let name, let inode): names[name] = inode
    case .removed(let name): names[name] = nil
    case .renamed(let old, let new, let inode):
      if names[old] == inode { names[old] = nil }
      names[new] = inode
    }
  }

  /// Brings some of what is pending to the disk: each sector with its own luck.
  mutating func persistSome(of inode: Int) {
    guard var node = inodes[inode] else { return }
    let keep = [0, 300, 500, 800, 1000][chance.below(5)]
    for write in node.pending {
      guard case .data(let offset, let bytes) = write else {
        if chance.happens(keep) { Self.apply(write, to: &node.durable) }
        continue
      }
      // The size may be there without the content.
      if chance.happens(keep), node.durable.count < offset + bytes.count {
        Self.apply(.size(offset + bytes.count), to: &node.durable)
      }
      var start = 0
      while start < bytes.count {
        let length = min(Self.sector - (offset + start) % Self.sector, bytes.count - start)
        if chance.happens(keep) {
          let piece = Array(bytes[start..<(start + length)])
          Self.apply(.data(offset: offset + start, piece), to: &node.durable)
        }
        start += length
      }
    }
    node.pending = []
    inodes[inode] = node
  }

  mutating func persistAll(of inode: Int) {
    guard var node = inodes[inode] else { return }
    let pending = node.pending
    node.pending = []
    for write in pending { Self.apply(write, to: &node.durable) }
    inodes[inode] = node
  }

  mutating func persistNames(in directory: String) {
    for change in changes where change.isIn(directory) { Self.apply(change, to: &durableNames) }
    changes.removeAll { $0.isIn(directory) }
  }

  // MARK: The end of a life

  /// The power goes: the cache is lost.
  mutating func cutPower() {
    for inode in inodes.keys.sorted() { persistSome(of: inode) }
    let keep = [0, 300, 500, 800, 1000][chance.below(5)]
    for change in changes where chance.happens(keep) { Self.apply(change, to: &durableNames) }
    changes = []
    // What lies in a directory that is gone is gone with it.
    for name in durableNames.keys.sorted() {
      let folder = Self.folder(of: name)
      guard folder != ".", folder != "/", durableNames[folder] == nil else { continue }
      durableNames[name] = nil
    }
    names = durableNames
    let alive = Set(names.values)
    inodes = inodes.filter { alive.contains($0.key) }
    inodes = inodes.mapValues { Inode(cached: $0.durable, durable: $0.durable) }
  }

  /// The process ends: what it wrote is in the cache, its locks are gone.
  mutating func endProcess() { locks = [:] }
}
