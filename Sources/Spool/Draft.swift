import Synchronization
package import SMTP

/// A message's bytes while they come, before anything is promised.
///
/// Up to `SpoolLimits.inlineBody` octets stay in memory and go into the log; a longer body streams to
/// its own file on the spool's file thread, and `write` asks for patience when that falls behind.
package final class Draft: ContentSink {
  private struct Contents {
    var memory: [UInt8] = []
    var size = 0
    var file: BodyFile?
    var isDiscarded = false
  }

  package let id: TraceID
  /// Octets of ours in front of what the client sends.
  package let prefixSize: Int
  private let spool: Spool
  private let contents: Mutex<Contents>

  /// `prefix` is put in front: our Received field.
  convenience init(id: TraceID, prefix: [UInt8], spool: Spool) {
    self.init(id: id, prefix: prefix, prefixSize: prefix.count, spool: spool)
  }

  private init(id: TraceID, prefix: [UInt8], prefixSize: Int, spool: Spool) {
    self.id = id
    self.spool = spool
    self.prefixSize = prefixSize
    contents = Mutex(Contents(memory: prefix, size: prefix.count))
  }

  /// Octets so far.
  package var size: Int { contents.withLock { $0.size } }

  /// The first octets, enough for the header section of all but monsters.
  package var head: [UInt8] { contents.withLock { $0.file?.head ?? $0.memory } }

  package func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool {
    contents.withLock { contents in
      guard !contents.isDiscarded else { return true }
      contents.size += bytes.count
      if let file = contents.file { return file.append(bytes, resume: resume) }
      contents.memory += bytes
      guard contents.memory.count > spool.limits.inlineBody else { return true }
      let all = contents.memory
      contents.memory = []
      // A copy: the array that grew has room for twice as much, and the head stays until the end.
      let head = Array(all.prefix(spool.limits.inlineBody))
      let file = BodyFile(path: spool.bodyPath(id), head: head, spool: spool)
      contents.file = file
      return file.append(all, resume: resume)
    }
  }

  /// What the client sent, without our prefix, piece by piece; for when all of it has come.
  package var content: any BodyReader {
    let (file, memory) = contents.withLock { ($0.file, $0.memory) }
    return DraftReader(file: file, memory: memory, from: prefixSize, size: size)
  }

  /// Drops what came; a file is removed.
  package func discard() {
    let file = contents.withLock { contents in
      contents.isDiscarded = true
      contents.memory = []
      defer { contents.file = nil }
      return contents.file
    }
    file?.discard()
  }

  /// The same octets as another message's draft, for recipients who get it otherwise. Called when all has
  /// come; a file is copied by the spool's file thread, behind what it still has to write.
  package func twin(id: TraceID) -> Draft {
    let twin = Draft(id: id, prefix: [], prefixSize: prefixSize, spool: spool)
    let (memory, size, file) = contents.withLock { ($0.memory, $0.size, $0.file) }
    twin.contents.withLock { contents in
      contents.memory = memory
      contents.size = size
      contents.file = file.map { $0.copy(to: spool.bodyPath(id)) }
    }
    return twin
  }

  /// What goes into the log; for a file, called after all its octets were handed to its thread.
  func finish(_ done: @escaping @Sendable (Result<Frame.BodyPlace, SpoolFailure>) -> Void) {
    let (file, memory) = contents.withLock { ($0.file, $0.memory) }
    guard let file else { return done(.success(.inline(memory))) }
    file.finish(done)
  }
}
