import Glibc
import Spool

/// A folder that only we may enter (mode 0700), made with the folders above it.
package enum PrivateFolder {
  /// Makes what is not there; what is there stays as it is.
  package static func make(_ path: String) throws(FolderFailure) {
    var made = path.hasPrefix("/") ? "/" : ""
    let names = path.split(separator: "/")
    for (index, name) in names.enumerated() {
      made += made.isEmpty || made.hasSuffix("/") ? String(name) : "/" + name
      let mode: mode_t = index == names.count - 1 ? 0o700 : 0o755
      if mkdir(made, mode) == 0 {
        // A power cut soon after the first start must not take the folder with what is in it.
        try? DiskFileSystem().syncFolder(of: made)
        continue
      }
      let code = errno
      if isFolder(made) { continue }
      throw FolderFailure(path: made, code: code)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}

/// Why a folder can't be made, with the remedy.
package struct FolderFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let path: String
  /// errno.
  package let code: Int32

  package var description: String {
    let remedy =
      switch code {
      case EACCES, EPERM: "run this as a user who may, as root, or make it for the gate's user"
      case EEXIST, ENOTDIR: "a file has its name; move that away or name another folder"
      case EROFS: "the disk is mounted read-only; name another folder"
      case ENOSPC, EDQUOT: "make room"
      default: "name another folder"
      }
    return "can't make the folder \(path): \(String(cString: strerror(code))); \(remedy)"
  }
}
