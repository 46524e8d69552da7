/// Why the spool could not keep or give something. The session says 4xx: the client still has the mail.
package enum SpoolFailure: Error, Hashable, Sendable {
  /// No room left; nothing was kept.
  case full
  case file(FileFailure)
  /// The sync failed: the next start may find the message or not. Its body must stay, so that a message
  /// that is found is whole; the client, who heard 4xx, then sends it twice at worst.
  case unknown(FileFailure)
  /// A sync failed before: what the disk has is unknown until the gate is started anew.
  case broken
  case closed
  /// Another gate has this spool open.
  case locked(String)
  case damaged(String)
  case unknownMessage
}

extension SpoolFailure: CustomStringConvertible {
  /// Whether what was to be kept may be there after all.
  package var mayBeKept: Bool {
    if case .unknown = self { true } else { false }
  }

  /// Whether reading once more can't help: damage, a file that is gone, a disk that says so. Too many open
  /// files and the like pass.
  var isLasting: Bool {
    switch self {
    case .damaged: true
    case .file(let failure): failure.code == 2 || failure.code == 5  // ENOENT, EIO
    default: false
    }
  }

  package var description: String {
    switch self {
    case .full: "the disk of the spool is full; make room"
    case .file(let failure):
      "spool: \(failure)"
    case .unknown(let failure): "the spool's disk failed: \(failure); check it, restart the gate"
    case .broken: "the spool's disk failed to sync; check the disk, then restart the gate"
    case .closed: "the spool is closed"
    case .locked(let path): "\(path) is in use by another kadomori; stop that one first"
    case .damaged(let what): "the spool is damaged: \(what)"
    case .unknownMessage: "no such message in the spool"
    }
  }
}

extension SpoolFailure {
  init(_ failure: FileFailure) {
    self = failure.code == 28 || failure.code == 122 ? .full : .file(failure)  // ENOSPC, EDQUOT
  }
}
