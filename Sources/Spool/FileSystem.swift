import Glibc

/// The few things the spool asks of a disk, so that a fake one can fail in every way a disk may.
/// All calls block: they run on the spool's own threads, never on an event loop.
package protocol FileSystem: Sendable {
  /// Opens for reading and writing; makes the file (mode 0600) when `create` says so.
  func open(_ path: String, create: Bool) throws(FileFailure) -> any OpenFile
  func list(_ directory: String) throws(FileFailure) -> [String]
  func remove(_ path: String) throws(FileFailure)
  /// Makes names durable: a new file is not there after a power cut until its directory is synced.
  func syncDirectory(_ path: String) throws(FileFailure)
  /// Mode 0700; false when it was there already. It is durable when the one above it is synced.
  func makeDirectory(_ path: String) throws(FileFailure) -> Bool
  /// Takes the place of a file that has the new name.
  func rename(_ path: String, to new: String) throws(FileFailure)
  /// Octets that are free for us and octets in all, on the disk of this directory.
  func room(_ directory: String) throws(FileFailure) -> (free: Int, all: Int)
}

extension FileSystem {
  /// Makes what has a name in this file's or directory's folder durable.
  package func syncFolder(of path: String) throws(FileFailure) {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    try syncDirectory(folder.isEmpty ? "/" : String(folder))
  }
}

/// An open file. Not safe for use by two threads at once, but for `read`.
package protocol OpenFile: AnyObject, Sendable {
  func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure)
  /// Up to `count` octets; fewer at the end.
  func read(_ count: Int, at offset: Int) throws(FileFailure) -> [UInt8]
  /// After it returns, all that was written is on the disk.
  func sync() throws(FileFailure)
  func truncate(to size: Int) throws(FileFailure)
  var size: Int { get throws(FileFailure) }
  /// Takes an exclusive lock that ends with the process; false when another holds it.
  func lock() throws(FileFailure) -> Bool
}

/// What the system said to a file operation.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// The system's error number.
  package let code: Int32

  package init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }
  /// One sentence.
  package var description: String {
    "can't \(operation) \(path): \(String(cString: strerror(code)))"
  }
}
