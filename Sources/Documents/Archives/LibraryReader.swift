import CArchive
import Glibc

/// Archives and streams by libarchive, from memory. What it says is wrong is a defect; what it can't
/// read is listed.
enum LibraryReader {
  /// All entries of an archive; `unlocked` is what it was before it was decrypted.
  static func read(
    _ octets: [UInt8], _ format: LibraryFormat, _ opening: inout Opening,
    _ unlocked: Unlocked? = nil
  ) {
    LibraryText.withUTF8 {
      octets.withUnsafeBytes { bytes in
        guard let handle = LibraryHandle(), format.support(handle.pointer) == ARCHIVE_OK,
          opening.admits()
        else { return }
        guard handle.open(bytes) else { return opening.note(.damaged, nil, handle.complaint) }
        entries(handle, format, unlocked, &opening)
        noteEncryption(handle, &opening)
      }
    }
  }

  private static func entries(
    _ handle: borrowing LibraryHandle, _ format: LibraryFormat, _ unlocked: Unlocked?,
    _ opening: inout Opening
  ) {
    var (produced, count) = (0, 0)
    defer { opening.walk.ledger.release(produced) }
    while true {
      var entry: OpaquePointer?
      let status = handle.next(&entry)
      if status == ARCHIVE_EOF { return }
      guard status >= ARCHIVE_WARN, let entry else {
        if archive_read_has_encrypted_entries(handle.pointer) < 1 {
          opening.note(.damaged, nil, handle.complaint)
        }
        return
      }
      guard opening.admits() else { return }
      let number = count
      let size = take(entry, handle, { unlocked?.confirms(number, $0) ?? true }, &opening)
      guard let size else { return }
      count += 1
      // A dictionary is as large as what was unpacked with it, up to a bound.
      let held = min(size, dictionarySize - produced)
      opening.walk.ledger.hold(max(0, held))
      produced += max(0, held)
      if !format.skipsCheaply, opening.wasCut { return }
    }
  }

  /// What a decompressor keeps of what it made.
  private static let dictionarySize = 32 << 20

  /// AE_IFDIR, a macro with a cast.
  private static let folder: mode_t = 0o040000

  /// What came out of a password that did not fit is no content. Octets that came out; nil when nothing more will.
  private static func take(
    _ entry: OpaquePointer, _ handle: borrowing LibraryHandle, _ isRight: (Unpacked) -> Bool,
    _ opening: inout Opening
  ) -> Int? {
    let name = name(of: entry)
    let size = max(0, Int(clamping: archive_entry_size(entry)))
    if archive_entry_filetype(entry) == folder { return 0 }
    if archive_entry_is_encrypted(entry) != 0 {
      opening.list(name, size: size, facts: [ArtefactFact(.encrypted)])
      return 0
    }
    if let target = archive_entry_symlink(entry) ?? archive_entry_hardlink(entry) {
      let detail = ArtefactName(String(cString: target)).shown
      opening.list(name, size: 0, facts: [ArtefactFact(.link, detail)], isRead: true)
      return 0
    }
    let walk = opening.walk
    let (content, isUsable) = handle.entry(
      limit: opening.allowance, hint: size, { walk.budgets.isTimeUp() })
    if isRight(content) {
      opening.take(content, name)
    } else {
      // Decrypted with a password that was not its own.
      opening.note(.encrypted)
      opening.list(name, size: size, facts: [ArtefactFact(.encrypted)])
    }
    return isUsable ? content.octets.count : nil
  }

  private static func name(of entry: OpaquePointer) -> ArtefactName {
    if let text = archive_entry_pathname(entry) {
      let octets = UnsafeBufferPointer(start: text, count: strnlen(text, nameLimit))
      return ArtefactName(octets.map { UInt8(bitPattern: $0) })
    }
    if let text = archive_entry_pathname_utf8(entry) { return ArtefactName(String(cString: text)) }
    return ArtefactName("")
  }

  private static let nameLimit = 4096

  private static func noteEncryption(
    _ handle: borrowing LibraryHandle, _ opening: inout Opening
  ) {
    guard archive_read_has_encrypted_entries(handle.pointer) == 1 else { return }
    opening.note(.encrypted)
    if opening.children.isEmpty { opening.note(.namesHidden) }
  }

  /// A compressed stream: one child without a name of its own.
  static func read(_ octets: [UInt8], _ filter: LibraryFilter, _ opening: inout Opening) {
    guard opening.admits() else { return }
    let walk = opening.walk
    let content = unpack(octets, filter, limit: opening.allowance) { walk.budgets.isTimeUp() }
    opening.take(content, opening.contentName)
  }

  /// What a stream unpacks to.
  static func unpack(
    _ octets: [UInt8], _ filter: LibraryFilter, limit: Int, _ isTimeUp: () -> Bool = { false }
  ) -> Unpacked {
    octets.withUnsafeBytes { bytes in
      guard let handle = LibraryHandle(),
        archive_read_append_filter(handle.pointer, filter.code) >= ARCHIVE_WARN,
        archive_read_set_format(handle.pointer, ARCHIVE_FORMAT_RAW) == ARCHIVE_OK,
        handle.open(bytes)
      else { return Unpacked([], .damaged(.damaged)) }
      var entry: OpaquePointer?
      let status = handle.next(&entry)
      if status == ARCHIVE_EOF { return Unpacked() }
      guard status >= ARCHIVE_WARN else { return Unpacked([], .damaged(.damaged)) }
      return handle.content(limit: limit, hint: 0, isTimeUp)
    }
  }

  /// One entry of a zip that was made for this purpose, with a password; nil when it does not fit.
  static func decrypted(_ archive: [UInt8], password: String, limit: Int) -> Unpacked? {
    archive.withUnsafeBytes { bytes in
      guard let handle = LibraryHandle(), LibraryFormat.zip.support(handle.pointer) == ARCHIVE_OK,
        archive_read_add_passphrase(handle.pointer, password) == ARCHIVE_OK, handle.open(bytes)
      else { return nil }
      var entry: OpaquePointer?
      guard handle.next(&entry) >= ARCHIVE_WARN else { return nil }
      let content = handle.content(limit: limit, hint: archive.count) { false }
      if case .damaged = content.outcome { return nil }
      return content
    }
  }

  /// The content of an archive's first entry.
  static func firstEntry(_ archive: [UInt8], _ format: LibraryFormat, limit: Int) -> Unpacked {
    archive.withUnsafeBytes { bytes in
      var entry: OpaquePointer?
      guard let handle = LibraryHandle(), format.support(handle.pointer) == ARCHIVE_OK,
        handle.open(bytes), handle.next(&entry) >= ARCHIVE_WARN
      else { return Unpacked([], .damaged(.damaged)) }
      return handle.content(limit: limit, hint: 0) { false }
    }
  }

  /// Lets the library load what a format needs.
  static func warm(_ format: LibraryFormat) {
    guard let handle = LibraryHandle(), format.support(handle.pointer) == ARCHIVE_OK else { return }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    zeros.withUnsafeBytes { bytes in
      guard handle.open(bytes) else { return }
      var entry: OpaquePointer?
      _ = handle.next(&entry)
    }
  }
}
