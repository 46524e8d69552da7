import ArgumentParser
import Foundation
import Gateway
import Settings

/// Asks the running gate over its control socket.
struct ControlClient {
  let path: String

  init(_ settings: GateSettings) { path = ControlSocket.path(settings) }

  /// Octets of an answer: a list of 100,000 messages.
  private static let answerLimit = 256 << 20

  /// How long the gate may be silent.
  var silenceSeconds = 10

  /// One request, one answer; prints what went wrong and ends the command otherwise.
  func ask(_ request: ControlRequest) throws -> ControlAnswer {
    let handle = try connect()
    defer { close(handle) }
    var line = try JSONEncoder().encode(request)
    line.append(0x0A)
    let sent = line.withUnsafeBytes { send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard sent == line.count else { throw silence(errno) }
    var answer = Data()
    var piece = [UInt8](repeating: 0, count: 65_536)
    while answer.last != 0x0A, answer.count < Self.answerLimit {
      let count = read(handle, &piece, piece.count)
      guard count > 0 else { throw silence(count == 0 ? ECONNRESET : errno) }
      answer.append(contentsOf: piece[..<count])
    }
    let decoded = try JSONDecoder().decode(ControlAnswer.self, from: answer)
    if let error = decoded.error { throw Self.failure(error) }
    return decoded
  }

  private func connect() throws -> Int32 {
    let handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard handle >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Self.failure("the path of the control socket is too long: \(path)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    var patience = timeval(tv_sec: silenceSeconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(handle, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    let code = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        Foundation.connect(handle, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else {
      let why = errno
      close(handle)
      switch why {
      case EACCES, EPERM:
        throw Self.failure("may not use \(path): run this as the gate's user or as root")
      case ENOENT, ECONNREFUSED:
        throw Self.failure("no gate is running on \(path); start one with: kadomori serve")
      case EAGAIN, EINPROGRESS, ETIMEDOUT: throw silence(why)
      default:
        throw Self.failure("can't reach the gate on \(path): \(String(cString: strerror(why)))")
      }
    }
    return handle
  }

  private func silence(_ code: Int32) -> ExitCode {
    switch code {
    case EAGAIN, EINPROGRESS, ETIMEDOUT:
      Self.failure(
        "the gate does not answer within \(silenceSeconds) seconds: look at its log and its load; if it "
          + "stays so, restart it, accepted mail is safe on the disk")
    default: Self.failure("the gate closed the connection: it stops, or is of another version")
    }
  }

  private static func failure(_ sentence: String) -> ExitCode {
    complain(sentence)
    return ExitCode(1)
  }
}

/// Prints a value for a script.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(escaped(String(decoding: try encoder.encode(value), as: UTF8.self)))
}

/// JSON whose texts command no terminal: what is left of control and format characters (C1, bidi
/// overrides, line separators) becomes \uXXXX (RFC 8259 §7). Beyond ASCII only texts have any.
func escaped(_ json: String) -> String {
  var safe = ""
  for scalar in json.unicodeScalars {
    // Most of it: ASCII, kana and the Han of every day, asked without Unicode's tables.
    switch scalar.value {
    case 0x20...0x7E, 0x3001...0x3029, 0x3040...0x30FF, 0x4E00...0x9FFF:
      safe.unicodeScalars.append(scalar)
      continue
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control where scalar != "\n", .format, .lineSeparator, .paragraphSeparator:
      for unit in String(scalar).utf16 {
        let hex = String(unit, radix: 16)
        safe += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      }
    default: safe.unicodeScalars.append(scalar)
    }
  }
  return safe
}

/// What came from outside, without what could command a terminal.
func printable(_ text: String) -> String {
  var safe = ""
  safe.unicodeScalars.append(
    contentsOf: text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: "?"
      default: scalar
      }
    })
  return safe
}

/// `3 d`, `2 h`, `5 min`, `12 s`.
func age(_ seconds: Int) -> String {
  switch seconds {
  case 172_800...: "\(seconds / 86_400) d"
  case 7200...: "\(seconds / 3600) h"
  case 120...: "\(seconds / 60) min"
  default: "\(seconds) s"
  }
}
