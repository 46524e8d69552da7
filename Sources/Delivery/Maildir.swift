import Glibc
import Mail
import SMTP

/// Delivers into a Maildir: written to `tmp`, synced, renamed into `new`, directory synced, so that a
/// reader never sees half a message and a power cut loses none that was called delivered.
/// Blocks: runs on a thread of its own, never on an event loop.
struct Maildir {
  /// The directory pattern; `{user}` and `{domain}` stand for the recipient's parts.
  let template: String
  let hostname: String

  enum Outcome {
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

  /// The message with the fields that final delivery adds, lines ended by LF.
  static func content(_ bytes: [UInt8], sender: ReversePath, recipient: Mailbox?) -> [UInt8] {
    let from = sender.mailbox.map { "\($0)" } ?? ""
    var content = Array("Return-Path: <\(from)>\n".utf8)  // RFC 5321 §4.4
    if let recipient { content += "Delivered-To: \(recipient)\n".utf8 }
    content.reserveCapacity(content.count + bytes.count)
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { continue }
      content.append(byte)
    }
    return content
  }

  /// `name` is unique: the message's id and the recipient's place.
  func deliver(_ content: [UInt8], to recipient: Mailbox?, name: String) -> Outcome {
    let directory = path(for: recipient)
    guard makeDirectories(directory) else { return failure("make \(directory)") }
    for part in ["tmp", "new", "cur"] where !makeDirectory("\(directory)/\(part)") {
      return failure("make \(directory)/\(part)")
    }
    let file = "\(name).\(hostname)"
    let temporary = "\(directory)/tmp/\(file)"
    if let fault = write(content, to: temporary) {
      unlink(temporary)
      return fault
    }
    guard rename(temporary, "\(directory)/new/\(file)") == 0 else { return failure("rename") }
    let handle = open("\(directory)/new", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return failure("open new") }
    defer { close(handle) }
    return fsync(handle) == 0 ? .delivered : failure("sync new")
  }

  private func write(_ content: [UInt8], to path: String) -> Outcome? {
    let handle = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard handle >= 0 else { return failure("open \(path)") }
    defer { close(handle) }
    var done = 0
    while done < content.count {
      let written = content.withUnsafeBytes { raw in
        Glibc.write(handle, raw.baseAddress.map { $0 + done }, raw.count - done)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return failure("write \(path)") }
      done += written
    }
    return fsync(handle) == 0 ? nil : failure("sync \(path)")
  }

  private func makeDirectories(_ path: String) -> Bool {
    if makeDirectory(path) { return true }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      return false
    }
    return makeDirectories(String(path[..<slash])) && makeDirectory(path)
  }

  private func makeDirectory(_ path: String) -> Bool {
    mkdir(path, 0o700) == 0 || errno == EEXIST
  }

  private func failure(_ what: String) -> Outcome { .failed("\(what): errno \(errno)") }
}
