import CJail
import Glibc

/// A message, or rules, in a memory file that nobody can change any more, ready to be handed to an
/// inspector without being copied again. It leaves with the last reference.
package final class SealedFile: Sendable {
  let file: CInt
  package let size: Int

  /// Copies octets piece by piece; `next` returns an empty piece at the end. Nil when the system has no
  /// memory for it.
  package init?(_ next: () -> ArraySlice<UInt8>) {
    file = jail_memory_file()
    var size = 0
    var isWhole = file >= 0
    while isWhole {
      let piece = next()
      if piece.isEmpty { break }
      isWhole = Self.write(piece, to: file)
      size += piece.count
    }
    self.size = size
    if !isWhole || jail_seal(file) != 0 { return nil }
  }

  /// The same of pieces that have to be waited for; nil at the end.
  package init?(reading next: () async throws -> [UInt8]?) async throws {
    let file = jail_memory_file()
    var size = 0
    var isWhole = file >= 0
    do {
      while isWhole, let piece = try await next() {
        isWhole = Self.write(piece[...], to: file)
        size += piece.count
      }
    } catch {
      if file >= 0 { Glibc.close(file) }
      throw error
    }
    self.file = file
    self.size = size
    if !isWhole || jail_seal(file) != 0 { return nil }
  }

  package convenience init?(_ octets: [UInt8]) {
    var rest = octets[...]
    self.init {
      defer { rest = [] }
      return rest
    }
  }

  deinit { if file >= 0 { close(file) } }

  private static func write(_ octets: ArraySlice<UInt8>, to file: CInt) -> Bool {
    octets.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
  }
}
