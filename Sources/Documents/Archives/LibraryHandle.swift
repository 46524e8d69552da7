import CArchive

/// One of libarchive's readers over octets in memory, freed when it is let go. The octets must stay
/// where they are as long as it lives.
struct LibraryHandle: ~Copyable {
  let pointer: OpaquePointer

  init?() {
    guard let pointer = archive_read_new() else { return nil }
    self.pointer = pointer
  }

  deinit { archive_read_free(pointer) }

  /// False when the octets are no such thing.
  borrowing func open(_ octets: UnsafeRawBufferPointer) -> Bool {
    archive_read_open_memory(pointer, octets.baseAddress, octets.count) == ARCHIVE_OK
  }

  /// What the library last complained about.
  var complaint: String {
    archive_error_string(pointer).map { String(cString: $0) } ?? ""
  }

  /// The rest of the entry, up to `limit` octets.
  borrowing func content(limit: Int, hint: Int, _ isTimeUp: () -> Bool) -> Unpacked {
    var output: [UInt8] = []
    output.reserveCapacity(min(limit, max(0, hint)))
    var piece = [UInt8](repeating: 0, count: min(Self.pieceSize, max(512, limit)))
    while true {
      let read = piece.withUnsafeMutableBytes { archive_read_data(pointer, $0.baseAddress, $0.count) }
      guard read > 0 else {
        let isWhole = read == 0
        return Unpacked(output, isWhole ? .whole : .damaged(failure(Int(read))))
      }
      let room = limit - output.count
      output += piece[..<min(Int(read), room)]
      if Int(read) > room || isTimeUp() { return Unpacked(output, .limit) }
    }
  }

  private static let pieceSize = 1 << 17

  /// ARCHIVE_WARN is a checksum that does not fit, among others; the rest could not be read.
  private func failure(_ status: Int) -> DocumentDefect.Kind {
    let words = complaint.lowercased()
    if words.contains("unsupported") || words.contains("not supported") { return .methodUnknown }
    if words.contains("truncated") { return .truncated }
    if words.contains("crc") || words.contains("checksum") { return .checksum }
    return .damaged
  }
}
