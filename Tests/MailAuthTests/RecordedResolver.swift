import DNS
import Mail
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

  func texts(of name: Domain) async -> Answer {
    heard.withLock { $0.append(name.ascii) }
    return answers[name.ascii] ?? others
  }

  func mailExchangers(of name: Domain) async -> Result<DNSAnswer<MailExchanger>, DNSFailure> {
    .failure(.noSuchName)
  }
  func addresses(of name: Domain) async -> Result<DNSAnswer<IPAddress>, DNSFailure> {
    .failure(.noSuchName)
  }
  func names(of address: IPAddress) async -> Result<DNSAnswer<Domain>, DNSFailure> {
    .failure(.noSuchName)
  }
}
