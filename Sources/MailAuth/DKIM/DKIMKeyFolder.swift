import Foundation
package import Mail

/// Why a key can't be read or written, in a sentence.
package struct DKIMKeyFault: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
}

/// The keys of all domains, one file each, in `dkim/` below the data directory: folders of mode
/// 0700, files of 0600. Nothing is overwritten in place: a file is written beside and renamed, so a
/// crash leaves the old one or the new. Blocks; for start, reload and the command line.
package struct DKIMKeyFolder: Sendable {
  package let path: String

  /// Key files that are read: three keys of two kinds for a thousand domains, and some.
  private static let fileLimit = 10_000

  package init(dataDirectory: String) { path = dataDirectory + "/dkim" }

  /// Every key, sorted by domain and selector.
  package func keys() throws(DKIMKeyFault) -> [DKIMKeyFile] {
    var keys: [DKIMKeyFile] = []
    for name in try names(in: path) {
      guard let domain = Domain(name) else { continue }
      keys += try self.keys(of: domain)
      guard keys.count <= Self.fileLimit else {
        throw DKIMKeyFault(description: "\(path) has more than \(Self.fileLimit) keys")
      }
    }
    return keys
  }

  package func keys(of domain: Domain) throws(DKIMKeyFault) -> [DKIMKeyFile] {
    let folder = "\(path)/\(domain)"
    var keys: [DKIMKeyFile] = []
    for name in try names(in: folder).prefix(Self.fileLimit) where name.hasSuffix(".key") {
      let key = try read("\(folder)/\(name)")
      guard key.domain == domain, name == "\(key.selector).key" else {
        throw DKIMKeyFault(description: "\(folder)/\(name) is another key's file")
      }
      keys.append(key)
    }
    return keys
  }

  /// Nothing where there is no such folder. One that can't be read is not empty: its keys would be given up.
  private func names(in folder: String) throws(DKIMKeyFault) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw DKIMKeyFault(description: "can't list \(folder): \(String(cString: strerror(errno)))")
    }
    closedir(stream)
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw DKIMKeyFault(description: "can't list \(folder): \(error.localizedDescription)")
    }
  }

  private func read(_ file: String) throws(DKIMKeyFault) -> DKIMKeyFile {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: file)) else {
      throw DKIMKeyFault(description: "can't read \(file)")
    }
    do throws(SyntaxError) {
      return try DKIMKeyFile(parsing: Array(data))
    } catch {
      throw DKIMKeyFault(description: "\(file) is no key file: \(error)")
    }
  }

  /// Writes a key, new or changed.
  package func write(_ key: DKIMKeyFile) throws(DKIMKeyFault) {
    let file = file(key)
    let folder = "\(path)/\(key.domain)"
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: attributes)
      try writePrivately(Array(key.text.utf8), file + ".new")
    } catch {
      throw DKIMKeyFault(description: "can't write \(file): \(error.localizedDescription)")
    }
    guard rename(file + ".new", file) == 0 else {
      throw DKIMKeyFault(description: "can't write \(file): \(String(cString: strerror(errno)))")
    }
  }

  private func writePrivately(_ bytes: [UInt8], _ file: String) throws {
    try? FileManager.default.removeItem(atPath: file)
    let handle = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard handle >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    let stream = FileHandle(fileDescriptor: handle, closeOnDealloc: true)
    try stream.write(contentsOf: Data(bytes))
    try stream.synchronize()
    try stream.close()
  }

  package func remove(_ key: DKIMKeyFile) throws(DKIMKeyFault) {
    guard (try? FileManager.default.removeItem(atPath: file(key))) != nil else {
      throw DKIMKeyFault(description: "can't remove \(file(key))")
    }
  }

  private func file(_ key: DKIMKeyFile) -> String {
    "\(path)/\(key.domain)/\(key.selector).key"
  }
}
