import CArchive
import Glibc

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

  /// Goes to the next entry, or says with which status there is none.
  ///
  /// libarchive ends the whole process where a name can't be converted and `errno` says that memory ran short,
  /// even if that was long before: so it says nothing.
  borrowing func next(_ entry: inout OpaquePointer?) -> Int32 {
    errno = 0
    return archive_read_next_header(pointer, &entry)
  }

  /// What the library last complained about.
  var complaint: String {
    archive_error_string(pointer).map { String(cString: $0) } ?? ""
  }

  /// The rest of the entry, up to `limit` octets. What came before damage is kept, and holes are zeros.
  borrowing func content(limit: Int, hint: Int, _ isTimeUp: () -> Bool) -> Unpacked {
    entry(limit: limit, hint: hint, isTimeUp).content
  }

  /// The same, and whether the library can go on to the next entry: after ARCHIVE_FATAL it must not be
  /// asked for anything more (its reader of cabinets follows a null pointer then).
  borrowing func entry(
    limit: Int, hint: Int, _ isTimeUp: () -> Bool
  ) -> (content: Unpacked, isUsable: Bool) {
    var output: [UInt8] = []
    output.reserveCapacity(min(limit, max(0, hint)))
    while true {
      var (block, size, offset): (UnsafeRawPointer?, Int, Int64) = (nil, 0, 0)
      let status = archive_read_data_block(pointer, &block, &size, &offset)
      if status == ARCHIVE_EOF { return (Unpacked(output), true) }
      guard status == ARCHIVE_OK else {
        return (Unpacked(output, .damaged(failure)), status > ARCHIVE_FATAL)
      }
      let hole = min(max(0, Int(clamping: offset) - output.count), limit - output.count)
      output += repeatElement(0, count: hole)
      let room = limit - output.count
      output += UnsafeRawBufferPointer(start: block, count: min(size, room))
      if size > room || isTimeUp() { return (Unpacked(output, .limit), true) }
    }
  }

  /// ARCHIVE_WARN is a checksum that does not fit, among others; the rest could not be read.
  private var failure: DocumentDefect.Kind {
    let words = complaint.lowercased()
    if words.contains("unsupported") || words.contains("not supported") { return .methodUnknown }
    if words.contains("truncated") { return .truncated }
    if words.contains("crc") || words.contains("checksum") { return .checksum }
    return .damaged
  }
}
