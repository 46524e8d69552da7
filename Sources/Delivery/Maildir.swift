import Mail
import SMTP
import Spool

/// Delivers into a Maildir: written to `tmp`, synced, renamed into `new`, directory synced, so that a
/// reader never sees half a message and a power cut loses none that was called delivered.
/// Blocks: runs on a thread of its own, never on an event loop.
struct Maildir: Sendable {
  /// The directory pattern; `{user}` and `{domain}` stand for the recipient's parts.
  let template: String
  let hostname: String
  let files: any FileSystem
  let folders: DurableFolders

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
    let file = "\(name).\(hostname)"
    do throws(FileFailure) {
      for part in ["tmp", "new", "cur"] {
        try folders.make("\(directory)/\(part)", on: files)
      }
      var begun = try MaildirFile(
        in: files, temporary: "\(directory)/tmp/\(file)", folder: "\(directory)/new", file: file,
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
    } catch {
      return .failure(MaildirFault(error))
    }
  }
}

/// Why a file could not be delivered.
struct MaildirFault: Error, Hashable, Sendable {
  let words: String

  init(_ failure: FileFailure) { words = failure.description }
}

/// One message on its way into a Maildir, written piece by piece.
struct MaildirFile: Sendable {
  private let files: any FileSystem
  private let handle: any OpenFile
  private let temporary: String
  private let folder: String
  private let file: String
  private let isBinary: Bool
  private var offset = 0
  private var endedInCr = false

  init(
    in files: any FileSystem, temporary: String, folder: String, file: String, isBinary: Bool
  ) throws(FileFailure) {
    // One that an earlier attempt left may be the file that it put into `new`: a power cut can give a renamed
    // file its old name back and leave it the new one. It is not written to.
    do throws(FileFailure) {
      try files.remove(temporary)
    } catch  where error.code == 2 {  // ENOENT
    }
    handle = try files.open(temporary, create: true)
    self.files = files
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

  mutating func writeRaw(_ bytes: [UInt8]) -> MaildirFault? {
    do throws(FileFailure) {
      try handle.write(bytes, at: offset)
      offset += bytes.count
      return nil
    } catch {
      return MaildirFault(error)
    }
  }

  /// Makes the message visible, whole and durable.
  mutating func finish() -> MaildirFault? {
    if endedInCr, let fault = writeRaw([0x0D]) {
      abandon()
      return fault
    }
    do throws(FileFailure) {
      try handle.sync()
      try files.rename(temporary, to: "\(folder)/\(file)")
    } catch {
      abandon()
      return MaildirFault(error)
    }
    do throws(FileFailure) {
      try files.syncDirectory(folder)
      return nil
    } catch {
      return MaildirFault(error)
    }
  }

  /// Leaves nothing behind.
  func abandon() { try? files.remove(temporary) }
}
