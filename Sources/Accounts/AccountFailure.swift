import GRDB
import Glibc

/// Why accounts can't be read or changed.
package enum AccountFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file is damaged.
  case unreadable(path: String, why: String)
  /// The file may be well, but it can't be used now.
  case unusable(path: String, why: String, remedy: String)
  case exists(String)
  case unknown(String)
  case badName(String)
  case badPassword

  /// One sentence with the remedy.
  package var description: String {
    switch self {
    case .unreadable(let path, let why):
      "can't use the accounts in \(path): \(why); restore the file from a copy, or move it away and "
        + "add the accounts anew"
    case .unusable(let path, let why, let remedy):
      "can't use the accounts in \(path): \(why); \(remedy)"
    case .exists(let name): "there is an account \(name) already"
    case .unknown(let name): "there is no account \(name); kadomori user list shows them"
    case .badName(let name):
      "\"\(name)\" is no account name: 1 to 128 printable ASCII characters without blanks"
    case .badPassword: "a password has 8 to 1,024 octets of UTF-8 and no control characters"
    }
  }
}

// Which remedy fits: only a damaged file is to be restored or begun anew.
extension AccountFailure {
  private static let asOwner = "run this as the gate's user or as root"

  /// The file could not be opened or made.
  init(opening path: String, code: Int32) {
    let remedy =
      switch code {
      case EACCES, EPERM: Self.asOwner
      case EROFS: "mount the disk for writing"
      case ENOSPC, EDQUOT: "make room"
      case ENOENT, ENOTDIR: "make its folder, or name another by data-directory"
      case EISDIR: "a folder has its name; move that away"
      default: "nothing was changed"
      }
    self = .unusable(path: path, why: String(cString: strerror(code)), remedy: remedy)
  }

  /// What SQLite says.
  init(_ error: any Error, _ path: String) {
    guard let error = error as? DatabaseError else {
      self = .unusable(path: path, why: "\(error)", remedy: "nothing was changed")
      return
    }
    let (why, remedy): (String, String)
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      self = .unreadable(path: path, why: "the file is damaged")
      return
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      (why, remedy) = ("another program holds it locked", "end that program, or try again")
    case .SQLITE_FULL: (why, remedy) = ("the disk is full", "make room")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
      (why, remedy) = (
        "it or its folder may not be written",
        Self.asOwner + ", and see that the disk is mounted for writing"
      )
    default:
      (why, remedy) = (
        error.message ?? "SQLite error \(error.resultCode.rawValue)", "nothing was changed"
      )
    }
    self = .unusable(path: path, why: why, remedy: remedy)
  }
}
