import SMTP
import Synchronization
import Threads

/// Reads a message back from the log or its file, piece by piece, on the spool's file thread: the stored
/// octets are checked, and given as the message's amendment says at the time of the first piece.
final class SpooledBody: BodyReader {
  private struct Contents {
    /// Of a long body.
    var file: (any OpenFile)?
    /// Where in the log a short body lies; asked again for each piece.
    var segment: UInt64 = 0
    var start = 0
    var offset = 0
    var remaining = 0
    var crc: UInt32 = 0
    var expected: UInt32 = 0
    var reading: AmendedReading
    var isEnded = false
  }

  private let id: TraceID
  private let spool: Spool
  private let contents = Mutex<Contents?>(nil)

  init(id: TraceID, spool: Spool) {
    self.id = id
    self.spool = spool
  }

  func next() async throws -> [UInt8]? {
    let result: Result<[UInt8]?, SpoolFailure> = await withCheckedContinuation { continuation in
      spool.files.perform { continuation.resume(returning: self.read()) }
    }
    switch result {
    case .success(let piece): return piece
    case .failure(let failure):
      if failure.isLasting { throw UnreadableBody("\(failure)") }
      throw failure
    }
  }

  private func read() -> Result<[UInt8]?, SpoolFailure> {
    contents.withLock { contents in
      do throws(SpoolFailure) {
        var state: Contents
        if let contents { state = contents } else { state = try open() }
        defer { contents = state }
        return .success(try read(&state))
      } catch {
        return .failure(error)
      }
    }
  }

  private func read(_ state: inout Contents) throws(SpoolFailure) -> [UInt8]? {
    while !state.isEnded {
      let piece = try stored(&state)
      state.isEnded = piece == nil
      let read = piece.map { state.reading.take($0) } ?? state.reading.end()
      // A whole piece may be left out: that is not yet the end.
      if !read.isEmpty { return read }
    }
    return nil
  }

  private func stored(_ state: inout Contents) throws(SpoolFailure) -> [UInt8]? {
    guard state.remaining > 0 else {
      guard state.crc == state.expected else { throw .damaged("the body of \(id)") }
      return nil
    }
    guard let file = state.file ?? segment(&state) else { throw .unknownMessage }
    do throws(FileFailure) {
      let wanted = min(state.remaining, spool.limits.piece)
      let bytes = try file.read(wanted, at: state.start + state.offset)
      if bytes.count < wanted {
        throw FileFailure(operation: "read", path: "body of \(id)", code: 5)
      }
      state.offset += bytes.count
      state.remaining -= bytes.count
      state.crc = Checksum.crc32c(bytes, from: state.crc)
      return bytes
    } catch {
      throw SpoolFailure(error)
    }
  }

  /// The segment that has the body now. Since the last piece it may have been copied forward, and the
  /// segment it was in taken anew: what stands there then is somebody else's. A segment that is in the index
  /// now is taken back on this thread, after us. Nil when the message is finished and its segment gone.
  private func segment(_ state: inout Contents) -> (any OpenFile)? {
    let (entry, file) = spool.index.withLock { [segment = state.segment] index in
      let entry = index.entries[id]
      return (entry, index.segments[entry?.segment ?? segment])
    }
    if let entry, case .inline(let start, _, _) = entry.place {
      (state.segment, state.start) = (entry.segment, start)
    }
    return file
  }

  private func open() throws(SpoolFailure) -> Contents {
    guard let entry = spool.index.withLock({ $0.entries[id] }), let message = entry.message else {
      throw .unknownMessage
    }
    let reading = AmendedReading(message.amendment)
    switch entry.place {
    case .inline(let start, let length, let crc):
      return Contents(
        segment: entry.segment, start: start, remaining: length, expected: crc, reading: reading)
    case .file(let crc):
      do throws(FileFailure) {
        let file = try spool.fileSystem.open(spool.bodyPath(id), create: false)
        return Contents(
          file: file, remaining: message.storedSize, expected: crc, reading: reading)
      } catch {
        throw SpoolFailure(error)
      }
    }
  }
}
