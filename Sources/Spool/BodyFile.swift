import Glibc
import SMTP
import Synchronization
import Threads

/// A long body on its way into its own file, written by the spool's file thread in order.
final class BodyFile: Sendable {
  private struct Contents {
    var file: (any OpenFile)?
    var failure: SpoolFailure?
    var written = 0
    var crc: UInt32 = 0
    var outstanding = 0
    var waiting: (@Sendable () -> Void)?
  }

  /// Octets handed over and not yet written before the writer is asked to wait.
  private static let outstandingLimit = 1 << 19

  let path: String
  let head: [UInt8]
  private let spool: Spool
  private let contents = Mutex(Contents())

  init(path: String, head: [UInt8], spool: Spool) {
    self.path = path
    self.head = head
    self.spool = spool
  }

  func append(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool {
    let mustWait = contents.withLock { contents in
      contents.outstanding += bytes.count
      guard contents.outstanding > Self.outstandingLimit else { return false }
      contents.waiting = resume
      return true
    }
    spool.files.perform { self.write(bytes) }
    return !mustWait
  }

  private func write(_ bytes: [UInt8]) {
    let resume = contents.withLock { contents in
      if contents.failure == nil {
        do throws(FileFailure) {
          if contents.file == nil { contents.file = try spool.fileSystem.open(path, create: true) }
          try contents.file?.write(bytes, at: contents.written)
          contents.crc = Checksum.crc32c(bytes, from: contents.crc)
          contents.written += bytes.count
        } catch {
          contents.failure = SpoolFailure(error)
        }
      }
      contents.outstanding -= bytes.count
      guard contents.outstanding < Self.outstandingLimit / 2 else {
        return nil as (@Sendable () -> Void)?
      }
      defer { contents.waiting = nil }
      return contents.waiting
    }
    resume?()
  }

  /// Octets copied at once.
  private static let copyPiece = 1 << 20

  /// Another file with all that was handed over so far.
  func copy(to path: String) -> BodyFile {
    let copy = BodyFile(path: path, head: head, spool: spool)
    spool.files.perform {
      let (length, failure) = self.contents.withLock { ($0.written, $0.failure) }
      copy.take(length, from: self, failure)
    }
    return copy
  }

  /// On the spool's file thread.
  private func take(_ length: Int, from other: BodyFile, _ failure: SpoolFailure?) {
    contents.withLock { contents in
      contents.failure = failure
      do throws(FileFailure) {
        guard failure == nil else { return }
        let source = try spool.fileSystem.open(other.path, create: false)
        let file = try spool.fileSystem.open(path, create: true)
        while contents.written < length {
          let wanted = min(Self.copyPiece, length - contents.written)
          let piece = try source.read(wanted, at: contents.written)
          guard piece.count == wanted else {
            throw FileFailure(operation: "read", path: other.path, code: EIO)
          }
          try file.write(piece, at: contents.written)
          contents.crc = Checksum.crc32c(piece, from: contents.crc)
          contents.written += piece.count
        }
        contents.file = file
      } catch {
        contents.failure = SpoolFailure(error)
      }
    }
  }

  /// Reads back what was handed over before.
  func read(_ count: Int, at offset: Int) async -> Result<[UInt8], SpoolFailure> {
    await withCheckedContinuation { continuation in
      spool.files.perform { continuation.resume(returning: self.readNow(count, at: offset)) }
    }
  }

  private func readNow(_ count: Int, at offset: Int) -> Result<[UInt8], SpoolFailure> {
    contents.withLock { contents in
      if let failure = contents.failure { return .failure(failure) }
      do throws(FileFailure) {
        let bytes = try contents.file?.read(count, at: offset) ?? []
        guard bytes.count == count else {
          throw FileFailure(operation: "read", path: path, code: EIO)
        }
        return .success(bytes)
      } catch {
        return .failure(SpoolFailure(error))
      }
    }
  }

  func finish(_ done: @escaping @Sendable (Result<Frame.BodyPlace, SpoolFailure>) -> Void) {
    spool.files.perform { done(self.sync()) }
  }

  private func sync() -> Result<Frame.BodyPlace, SpoolFailure> {
    contents.withLock { contents in
      if let failure = contents.failure { return .failure(failure) }
      do throws(FileFailure) {
        try contents.file?.sync()
        try spool.fileSystem.syncDirectory(spool.directory)
        contents.file = nil
        return .success(.file(crc: contents.crc))
      } catch {
        return .failure(SpoolFailure(error))
      }
    }
  }

  func discard() {
    spool.files.perform {
      self.contents.withLock { $0.file = nil }
      // A file that is left over is removed at the next start.
      try? self.spool.fileSystem.remove(self.path)
    }
  }
}
