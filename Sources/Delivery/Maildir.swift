import Glibc
import Mail
import SMTP

/// Delivers into a Maildir: written to `tmp`, synced, renamed into `new`, directory synced, so that a
/// reader never sees half a message and a power cut loses none that was called delivered.
/// Blocks: runs on a thread of its own, never on an event loop.
struct Maildir: Sendable {
  /// The directory pattern; `{user}` and `{domain}` stand for the recipient's parts.
  let template: String
  let hostname: String

  enum Outcome: Sendable {
    case delivered
    case failed(String)
  }

  func path(for recipient: Mailbox?) -> String {
    let user = recipient?.localPart.lowercased() ?? "postmaster"
    let base = user.prefix { $0 != "+" }
    return
      template
      .replacing("{user}", with: Self.fileName(base.isEmpty ? user[...] : base))
      .replacing("{domain}", with: recipient?.domain?.ascii ?? "local")
  }

  /// A name that can't leave its directory: all but letters, digits and a few marks as `%XX`, no
  /// leading dot, at most 200 octets.
  static func fileName(_ text: Substring) -> String {
    var name = ""
    for (index, byte) in text.utf8.enumerated() {
      let isPlain =
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        || byte == 0x5F || (byte == 0x2E && index > 0)
      if isPlain {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return String(name.prefix(200))
  }

  /// Begins a file in `tmp`; `name` is unique: the message's id and the recipient's place. `isBinary`
  /// keeps line ends as they came: in BINARYMIME content a CRLF may be no line end (RFC 3030 §3).
  func begin(
    sender: ReversePath, recipient: Mailbox?, name: String, isBinary: Bool
  ) -> Result<MaildirFile, MaildirFault> {
    let directory = path(for: recipient)
    guard makeDirectories(directory) else { return .failure(.init("make \(directory)")) }
    for part in ["tmp", "new", "cur"] where !makeDirectory("\(directory)/\(part)") {
      return .failure(.init("make \(directory)/\(part)"))
    }
    let file = "\(name).\(hostname)"
    let temporary = "\(directory)/tmp/\(file)"
    let handle = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard handle >= 0 else { return .failure(.init("open \(temporary)")) }
    let begun = MaildirFile(
      handle: handle, temporary: temporary, folder: "\(directory)/new", file: file,
      isBinary: isBinary)
    let from = sender.mailbox.map { "\($0)" } ?? ""
    let end = isBinary ? "\r\n" : "\n"
    var fields = "Return-Path: <\(from)>" + end  // RFC 5321 §4.4
    if let recipient { fields += "Delivered-To: \(recipient)" + end }
    if let fault = begun.writeRaw(Array(fields.utf8)) {
      begun.abandon()
      return .failure(fault)
    }
    return .success(begun)
  }

  private func makeDirectories(_ path: String) -> Bool {
    if makeDirectory(path) { return true }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      return false
    }
    return makeDirectories(String(path[..<slash])) && makeDirectory(path)
  }

  /// A new directory is not there after a power cut until the one above it is synced.
  private func makeDirectory(_ path: String) -> Bool {
    guard mkdir(path, 0o700) == 0 else { return errno == EEXIST }
    let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return MaildirFile.syncDirectory(above.isEmpty ? "/" : above)
  }
}

/// Why a file could not be delivered.
struct MaildirFault: Error, Hashable, Sendable {
  let words: String

  /// Of the system call that just failed.
  init(_ what: String) { words = "can't \(what): \(String(cString: strerror(errno)))" }
}

/// One message on its way into a Maildir, written piece by piece.
struct MaildirFile: Sendable {
  private let handle: Int32
  private let temporary: String
  private let folder: String
  private let file: String
  private let isBinary: Bool
  private var endedInCr = false

  init(handle: Int32, temporary: String, folder: String, file: String, isBinary: Bool) {
    self.handle = handle
    self.temporary = temporary
    self.folder = folder
    self.file = file
    self.isBinary = isBinary
  }

  /// Writes the next piece, its lines ended by LF.
  mutating func write(_ bytes: [UInt8]) -> MaildirFault? {
    if isBinary { return writeRaw(bytes) }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + 1)
    for byte in bytes {
      if endedInCr, byte != 0x0A { text.append(0x0D) }
      endedInCr = byte == 0x0D
      if !endedInCr { text.append(byte) }
    }
    return writeRaw(text)
  }

  func writeRaw(_ bytes: [UInt8]) -> MaildirFault? {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { raw in
        Glibc.write(handle, raw.baseAddress.map { $0 + done }, raw.count - done)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return MaildirFault("write \(temporary)") }
      done += written
    }
    return nil
  }

  /// Makes the message visible, whole and durable.
  func finish() -> MaildirFault? {
    if endedInCr, let fault = writeRaw([0x0D]) {
      abandon()
      return fault
    }
    guard fsync(handle) == 0 else {
      let fault = MaildirFault("sync \(temporary)")
      abandon()
      return fault
    }
    close(handle)
    guard rename(temporary, "\(folder)/\(file)") == 0 else {
      let fault = MaildirFault("rename into \(folder)")
      unlink(temporary)
      return fault
    }
    return Self.syncDirectory(folder) ? nil : MaildirFault("sync \(folder)")
  }

  /// Leaves nothing behind.
  func abandon() {
    close(handle)
    unlink(temporary)
  }

  static func syncDirectory(_ path: String) -> Bool {
    let handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return false }
    defer { close(handle) }
    return fsync(handle) == 0
  }
}
