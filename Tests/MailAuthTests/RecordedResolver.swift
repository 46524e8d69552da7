import DNS
import Synchronization

/// Answers TXT from a table and remembers what was asked; whatever is not there does not exist.
final class RecordedResolver: Resolver {
  typealias Answer = Result<DNSAnswer<[UInt8]>, DNSFailure>

  private let answers: [String: Answer]
  private let others: Answer
  private let heard = Mutex<[String]>([])

  init(_ answers: [String: Answer], others: Answer = .failure(.noSuchName)) {
    self.answers = answers
    self.others = others
  }

  /// Each name's records as texts.
  convenience init(_ texts: [String: [String]]) {
    self.init(texts.mapValues { .success(DNSAnswer($0.map { Array($0.utf8) })) })
  }

  var asked: [String] { heard.withLock { $0 } }

  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Answer {
    heard.withLock { $0.append("\(name)") }
    guard type == .txt else { return .failure(.noSuchName) }
    return (answers["\(name)"] ?? others).map { answer in
      DNSAnswer(answer.records.map(Self.strings), isSecure: answer.isSecure)
    }
  }

  /// A text as the strings of at most 255 octets that a record has.
  private static func strings(_ text: [UInt8]) -> [UInt8] {
    stride(from: 0, to: max(text.count, 1), by: 255).flatMap { at in
      let piece = text[at..<min(at + 255, text.count)]
      return [UInt8(piece.count)] + piece
    }
  }
}
