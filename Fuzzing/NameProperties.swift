import DNS
import Dispatch
import Mail
import MailAuth
import Synchronization

// What must hold for zone files, names and SPF checks, whatever a stranger publishes.
extension Properties {
  // MARK: Zone files

  static func zone(_ bytes: [UInt8]) {
    if let text = String(validating: bytes, as: UTF8.self) { name(text) }
    let whole = parsed(bytes)
    // A comment before it moves every fault one line down and changes nothing else.
    let moved = parsed(Array("; comment (\"\n".utf8) + bytes)
    switch (whole, moved) {
    case (.success(let zone), .success(let other)): same(zone, other, bytes)
    case (.failure(let fault), .failure(let other)):
      let lines = bytes.count { $0 == 0x0A } + 1
      precondition((1...lines).contains(fault.line) && fault.column >= 1, "a fault nowhere")
      precondition(!fault.expected.isEmpty, "refused without a reason")
      precondition(
        other.line == fault.line + 1 && other.column == fault.column, "a comment moves a fault")
    default: preconditionFailure("a comment decides whether a zone is right")
    }
  }

  private static func parsed(_ bytes: [UInt8]) -> Result<Zone, ZoneFault> {
    do throws(ZoneFault) {
      return .success(try ZoneParser.parse(bytes))
    } catch {
      return .failure(error)
    }
  }

  /// Asks for every word of the file as a name.
  private static func same(_ zone: Zone, _ other: Zone, _ bytes: [UInt8]) {
    let words = bytes.split { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }.prefix(20)
    let names = words.compactMap { DNSName(String(decoding: $0, as: UTF8.self)) }
    for name in names + [.root] {
      for type in [RecordType.a, .txt, .mx, .cname] {
        let answer = zone.answer(type, of: name)
        precondition(answer == other.answer(type, of: name), "a comment changes an answer")
        if case .success(let found) = answer {
          precondition(!found.records.isEmpty, "an answer of nothing")
        }
      }
    }
  }

  /// A name printed and read again is the same, and so is its wire form.
  private static func name(_ text: String) {
    guard let name = DNSName(text) else { return }
    precondition(DNSName(name.description) == name, "\(name) does not read back")
    precondition(DNSName(wire: name.wire) == name, "the wire form of \(name) does not read back")
    precondition(name.wire.count <= DNSName.lengthLimit, "a long name")
    precondition(name.description.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an odd octet")
    if let parent = name.parent { precondition(name.isWithin(parent), "not below its parent") }
    if let domain = name.domain { precondition(DNSName(domain) == name, "\(domain) is another") }
  }

  // MARK: SPF

  /// The first line is what the client says, the others are the records of the whole DNS.
  static func spf(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    for line in lines { record(line) }
    let said = String(decoding: lines[0], as: UTF8.self)
    let client = bytes.count.isMultiple(of: 2) ? "192.0.2.1" : "2001:db8::1"
    guard let address = IPAddress(client) else { return }
    let request = SPFRequest(client: address, helo: said, sender: "\(said)@a.example")
    let resolver = EchoResolver(Array(lines.dropFirst()))
    let verifier = SPFVerifier(resolver: resolver, clock: StillClock())
    let outcome = wait { await verifier.check(request) }
    // The first record; ten terms with eleven look-ups at most; an explanation with the client's names.
    precondition(resolver.count <= 1 + 10 * 11 + 1 + 11, "\(resolver.count) look-ups")
    precondition(outcome.voids <= SPFLimits.voids + 1, "too many void look-ups")
    let explanation = (outcome.explanation ?? "").utf8
    precondition(
      explanation.count <= 500 && explanation.allSatisfy { (0x20...0x7E).contains($0) },
      "an explanation that breaks a reply")
    let field = ReceivedSPF(outcome, of: request, receiver: "gate.example").field
    let text = field.split(separator: 0x0A, omittingEmptySubsequences: false)
    precondition(text.last?.isEmpty == true, "the field does not end")
    for line in text.dropFirst().dropLast() {
      precondition(line.first == 0x20, "a second field")
    }
  }

  /// What is read as a record is read from its terms again.
  private static func record(_ text: [UInt8]) {
    guard SPFRecordParser.isRecord(text) else { return }
    do throws(SyntaxError) {
      let record = try SPFRecordParser.parse(text)
      let terms = record.directives.map(\.text).joined(separator: "  ")
      let again = try SPFRecordParser.parse(Array("V=SPF1 \(terms) ".utf8))
      precondition(again.directives == record.directives, "directives do not read back")
    } catch {
      precondition((0...text.count).contains(error.offset), "a fault nowhere")
    }
  }

  /// Waits for what answers at once.
  static func wait<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Value
  ) -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Value>()
    Task {
      let value = await work()
      box.value.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    guard let value = box.value.withLock({ $0 }) else { preconditionFailure("no result") }
    return value
  }
}

/// Carries a result from a task.
private final class Box<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}

/// A clock that stands.
private struct StillClock: Clock {
  func now() -> Timestamp { Timestamp(microseconds: 0) }
}

/// A DNS in which every name has records: which of the given texts, its letters decide.
private final class EchoResolver: Resolver {
  private let texts: [[UInt8]]
  private let questions = Mutex(0)
  var count: Int { questions.withLock { $0 } }

  init(_ texts: [[UInt8]]) { self.texts = texts }

  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    questions.withLock { $0 += 1 }
    let number = name.wire.reduce(0) { ($0 * 31 + Int($1)) & 0xFFFF }
    if number % 7 == 6 { return .failure(.noRecords) }
    let hosts = (0..<(number % 12 + 1)).map { DNSName("h\($0).example") ?? .root }
    switch type {
    case .txt where texts.isEmpty: return .failure(.noSuchName)
    case .txt: return .success(DNSAnswer([RecordData.text(of: texts[number % texts.count])]))
    case .mx: return .success(DNSAnswer(hosts.map { [0, 1] + $0.wire }))
    case .ptr: return .success(DNSAnswer(hosts.map(\.wire)))
    case .a: return .success(DNSAnswer([[192, 0, 2, UInt8(number % 5)]]))
    default: return .failure(number.isMultiple(of: 2) ? .timedOut : .noRecords)
    }
  }
}
