import SMTP
import Synchronization

/// Reads a draft before it is committed: from memory in one piece, from its file piece by piece.
final class DraftReader: BodyReader {
  /// Octets read at once.
  private static let piece = 65_536

  private let file: BodyFile?
  private let memory: [UInt8]
  private let size: Int
  private let offset: Mutex<Int>

  init(file: BodyFile?, memory: [UInt8], from start: Int, size: Int) {
    self.file = file
    self.memory = memory
    self.size = size
    offset = Mutex(start)
  }

  func next() async throws -> [UInt8]? {
    let place = offset.withLock { offset in
      let end = file == nil ? size : min(offset + Self.piece, size)
      defer { offset = end }
      return offset..<end
    }
    guard !place.isEmpty else { return nil }
    guard let file else { return Array(memory[place]) }
    return try await file.read(place.count, at: place.lowerBound).get()
  }
}
