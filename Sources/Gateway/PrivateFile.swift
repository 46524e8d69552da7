import Glibc

/// A small file that only we may read: keys, certificates, lists. Blocks; for start and reload.
package enum PrivateFile {
  /// Octets of the largest file that is read: a recipient list of a million names.
  private static let sizeLimit = 64 << 20

  /// The file's octets, or why they can't be had.
  package static func read(_ path: String) -> Result<[UInt8], FileFault> {
    let handle = open(path, O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { return .failure(.init(path: path, verb: "read", code: errno)) }
    defer { close(handle) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= sizeLimit {
      let count = Glibc.read(handle, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return .failure(.init(path: path, verb: "read", code: errno)) }
      if count == 0 { return .success(bytes) }
      bytes += piece[..<count]
    }
    return .failure(.init(path: path, verb: "read", code: EFBIG))
  }

  /// Writes a file that was not there before, of mode 0600 unless others may read it.
  package static func create(_ path: String, _ text: String, mode: UInt32 = 0o600) -> FileFault? {
    let handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard handle >= 0 else { return FileFault(path: path, verb: "create", code: errno) }
    defer { close(handle) }
    let bytes = Array(text.utf8)
    guard write(handle, bytes, bytes.count) == bytes.count, fsync(handle) == 0 else {
      return FileFault(path: path, verb: "write", code: errno)
    }
    return nil
  }

  /// Puts new octets in a file's place, so that a crash leaves the old ones or the new.
  package static func replace(_ path: String, _ bytes: [UInt8]) -> FileFault? {
    let temporary = path + ".new"
    unlink(temporary)
    let handle = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard handle >= 0 else { return FileFault(path: temporary, verb: "create", code: errno) }
    defer { close(handle) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        write(handle, raw.baseAddress.map { $0 + done }, raw.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return FileFault(path: temporary, verb: "write", code: errno) }
      done += count
    }
    guard fsync(handle) == 0, rename(temporary, path) == 0 else {
      return FileFault(path: path, verb: "write", code: errno)
    }
    return nil
  }
}

/// A file that can't be read or written, in a sentence.
package struct FileFault: Error, Sendable, CustomStringConvertible {
  package let path: String
  let verb: String
  /// errno.
  package let code: Int32

  package var description: String { "can't \(verb) \(path): \(String(cString: strerror(code)))" }
}
