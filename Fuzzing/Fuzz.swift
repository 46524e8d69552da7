import Glibc
import Mail
import SMTP
import Settings
import TOML

// One executable, one parser a run: libFuzzer calls `LLVMFuzzerTestOneInput` with octets until a property
// does not hold. The properties are more than "does not crash": what was parsed prints to what parses to
// the same, and cutting the input elsewhere changes nothing.

/// What may be fuzzed; chosen by the environment variable PARSER.
enum Target: String, CaseIterable {
  case command
  case reply
  case path
  case content
  case settings
  case header
  case zone
  case spf
  case dkim
  case arc
  case dmarc
  case authres
  case mtasts
  case tlsrpt
  case tlsa
  case answer
  case certificates
  case report
  case message
  case codings
  case charset
  case document
  case archive
  case lock
  case filename
  case inspection
  case inspector
  case rules
  case condition
  case clam
  case link

  static let chosen: Target = {
    let name = getenv("PARSER").map { String(cString: $0) } ?? ""
    guard let target = Target(rawValue: name) else {
      print("PARSER must be one of \(allCases.map(\.rawValue).joined(separator: ", "))")
      exit(2)
    }
    return target
  }()

  func judge(_ bytes: [UInt8]) {
    switch self {
    case .command: Properties.command(bytes)
    case .reply: Properties.reply(bytes)
    case .path: Properties.path(bytes)
    case .content: Properties.content(bytes)
    case .settings: Properties.settings(bytes)
    case .header: Properties.header(bytes)
    case .zone: Properties.zone(bytes)
    case .spf: Properties.spf(bytes)
    case .dkim: Properties.dkim(bytes)
    case .arc: Properties.arc(bytes)
    case .dmarc: Properties.dmarc(bytes)
    case .authres: Properties.authres(bytes)
    case .mtasts: Properties.mtasts(bytes)
    case .tlsrpt: Properties.tlsrpt(bytes)
    case .tlsa: Properties.tlsa(bytes)
    case .answer: Properties.answer(bytes)
    case .certificates: Properties.certificates(bytes)
    case .report: Properties.report(bytes)
    case .message: Properties.message(bytes)
    case .codings: Properties.codings(bytes)
    case .charset: Properties.charset(bytes)
    case .document: Properties.document(bytes)
    case .archive: Properties.archive(bytes)
    case .lock: Properties.lock(bytes)
    case .filename: Properties.filename(bytes)
    case .inspection: Properties.inspection(bytes)
    case .inspector: Properties.inspector(bytes)
    case .rules: Properties.rules(bytes)
    case .condition: Properties.condition(bytes)
    case .clam: Properties.clam(bytes)
    case .link: Properties.link(bytes)
    }
  }
}

/// What must hold for every input.
enum Properties {
  static func command(_ bytes: [UInt8]) {
    guard let command = try? CommandParser().parse(bytes[...]) else { return }
    // No command carries what could end a line.
    let words = "\(command)"
    precondition(!words.utf8.contains(0), "a NUL came through")
    if case .mail(let path, _) = command, let mailbox = path.mailbox { same(mailbox) }
    if case .recipient(let path, _, _) = command, let mailbox = path.mailbox { same(mailbox) }
  }

  /// A mailbox printed and parsed again is the same.
  static func same(_ mailbox: Mailbox) {
    let text = "\(mailbox)"
    precondition(Mailbox(text) == mailbox, "\(text) does not read back")
    precondition(
      !text.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }, "a line end in \(text)")
  }

  static func path(_ bytes: [UInt8]) {
    if let text = String(validating: bytes, as: UTF8.self), let mailbox = Mailbox(text) {
      same(mailbox)
    }
    command(Array("RCPT TO:<".utf8) + bytes + Array(">".utf8))
    command(Array("MAIL FROM:<".utf8) + bytes)
  }

  static func reply(_ bytes: [UInt8]) {
    let whole = replies(bytes, cut: bytes.count)
    let cut = bytes.first.map { Int($0) % (bytes.count + 1) } ?? 0
    precondition(replies(bytes, cut: cut) == whole, "where the octets are cut matters")
  }

  private static func replies(_ bytes: [UInt8], cut: Int) -> [Reply] {
    var parser = ReplyParser()
    var replies: [Reply] = []
    for part in [bytes[..<cut], bytes[cut...]] {
      parser.append(part)
      reading: while true {
        switch parser.next() {
        case .incomplete: break reading
        case .wrong: return replies
        case .reply(let reply):
          replies.append(reply)
          precondition(
            reply.lines.allSatisfy { line in
              !line.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
            }, "a line end inside a reply's line")
        }
      }
    }
    return replies
  }

  static func content(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let octets = Array(bytes.dropFirst())
    var rules = WireRules()
    rules.normalisesBareNewlines = first & 1 == 1
    let whole = decoded(octets, rules, cut: octets.count)
    let parts = decoded(octets, rules, cut: Int(first) % (octets.count + 1))
    precondition(whole == parts, "where the octets are cut matters")
    guard whole.end == "\(ContentEnd.complete)" else { return }
    // What was taken is clean, and survives another trip.
    precondition(isClean(whole.output), "a bare CR or LF came through")
    var encoder = ContentEncoder()
    var wire: [UInt8] = []
    encoder.encode(whole.output, into: &wire)
    wire += encoder.end()
    let again = decoded(wire, rules, cut: wire.count)
    precondition(again.consumed == wire.count, "the encoded content ends early")
    precondition(
      again.output == whole.output || again.output == whole.output + [0x0D, 0x0A],
      "content changes on its way")
    var chunks = ChunkDecoder(rules: rules, binary: false)
    var chunked: [UInt8] = []
    octets.withUnsafeBytes { chunks.decode($0, into: &chunked) }
    if case .complete = chunks.chunkEnded(last: true) {
      precondition(isClean(chunked), "a bare CR or LF came through BDAT")
    }
    var binary = ChunkDecoder(rules: rules, binary: true)
    var taken: [UInt8] = []
    octets.withUnsafeBytes { binary.decode($0, into: &taken) }
    if case .complete = binary.chunkEnded(last: true) {
      let end = taken.indices.first { taken[..<$0].suffix(4).elementsEqual([13, 10, 13, 10]) }
      let header = taken.starts(with: [13, 10]) ? taken[..<2] : taken[..<(end ?? taken.count)]
      precondition(isClean(Array(header)), "a bare CR or LF came through in a binary mail's header")
    }
  }

  private struct Decoded: Equatable {
    var output: [UInt8] = []
    var consumed = 0
    var end = "none"
  }

  private static func decoded(_ octets: [UInt8], _ rules: WireRules, cut: Int) -> Decoded {
    var decoder = ContentDecoder(rules: rules, sizeLimit: 100_000)
    var decoded = Decoded()
    for part in [octets[..<cut], octets[cut...]] where decoded.end == "none" {
      let (consumed, end) = Array(part).withUnsafeBytes { raw in
        decoder.decode(raw, into: &decoded.output)
      }
      decoded.consumed += consumed
      if let end { decoded.end = "\(end)" }
    }
    // What was put out before a fault is dropped by the session, so only whole content counts.
    if decoded.end != "\(ContentEnd.complete)" { decoded.output = [] }
    return decoded
  }

  private static func isClean(_ bytes: [UInt8]) -> Bool {
    var last: UInt8 = 0
    for byte in bytes {
      if (byte == 0x0A) != (last == 0x0D) { return false }
      last = byte
    }
    return last != 0x0D
  }

  static func settings(_ bytes: [UInt8]) {
    do {
      _ = try GateSettings.load(bytes)
    } catch {
      precondition(!error.faults.isEmpty, "refused without a reason")
      for fault in error.faults { precondition(fault.position.line >= 1, "a fault nowhere") }
    }
  }

  static func header(_ bytes: [UInt8]) {
    let fields = HeaderFields(bytes)
    _ = fields.first("Message-ID")
    precondition(fields.count(of: "Received") <= bytes.count, "more fields than octets")
    if TLSRequiredField.isNo(fields) {
      precondition(fields.count(of: "TLS-Required") == 1, "two fields say something")
    }
    let hops = Hops(fields, hostname: "gate.example.test")
    precondition(hops.own <= hops.all, "more own fields than fields")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Target.chosen.judge(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// libFuzzer's own `main` can't be used: SwiftPM renames ours.
@main
struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments, testOneInput))
  }
}
