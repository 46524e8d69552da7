import Glibc

/// The real disk.
package struct DiskFileSystem: FileSystem {
  package init() {}

  package func open(_ path: String, create: Bool) throws(FileFailure) -> any OpenFile {
    let flags = O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0)
    let descriptor = Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { throw FileFailure(operation: "open", path: path, code: errno) }
    return DiskFile(descriptor: descriptor, path: path)
  }

  package func list(_ directory: String) throws(FileFailure) -> [String] {
    guard let handle = opendir(directory) else {
      throw FileFailure(operation: "list", path: directory, code: errno)
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  package func remove(_ path: String) throws(FileFailure) {
    guard unlink(path) == 0 else {
      throw FileFailure(operation: "remove", path: path, code: errno)
    }
  }

  package func syncDirectory(_ path: String) throws(FileFailure) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw FileFailure(operation: "sync directory", path: path, code: errno)
    }
  }

  package func makeDirectory(_ path: String) throws(FileFailure) -> Bool {
    if mkdir(path, 0o700) == 0 { return true }
    guard errno == EEXIST else {
      throw FileFailure(operation: "make directory", path: path, code: errno)
    }
    return false
  }
}

extension DiskFileSystem {
  package func rename(_ path: String, to new: String) throws(FileFailure) {
    guard Glibc.rename(path, new) == 0 else {
      throw FileFailure(operation: "rename", path: path, code: errno)
    }
  }

  package func room(_ directory: String) throws(FileFailure) -> (free: Int, all: Int) {
    var status = statvfs()
    guard statvfs(directory, &status) == 0 else {
      throw FileFailure(operation: "ask the size of", path: directory, code: errno)
    }
    let block = Int(clamping: status.f_frsize)
    return (Int(clamping: status.f_bavail) * block, Int(clamping: status.f_blocks) * block)
  }
}

/// `@unchecked` is not needed: the descriptor is a number that never changes and `pread`, `pwrite` and
/// `fdatasync` take it from any thread.
final class DiskFile: OpenFile {
  private let descriptor: Int32
  private let path: String

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Unlocked first: a child process that is just being started has the same open file until it runs its program,
  /// and the lock with it.
  deinit {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { raw in
        pwrite(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done, offset + done)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure("write") }
      done += written
    }
  }

  func read(_ count: Int, at offset: Int) throws(FileFailure) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = result.withUnsafeMutableBytes { raw in
        pread(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done, offset + done)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw failure("read") }
      if got == 0 { break }
      done += got
    }
    result.removeLast(count - done)
    return result
  }

  func sync() throws(FileFailure) {
    guard fdatasync(descriptor) == 0 else { throw failure("sync") }
  }

  func truncate(to size: Int) throws(FileFailure) {
    guard ftruncate(descriptor, size) == 0 else { throw failure("truncate") }
  }

  var size: Int {
    get throws(FileFailure) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw failure("stat") }
      return Int(status.st_size)
    }
  }

  func lock() throws(FileFailure) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw failure("lock") }
    return false
  }

  private func failure(_ operation: String) -> FileFailure {
    FileFailure(operation: operation, path: path, code: errno)
  }
}
