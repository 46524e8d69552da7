import DNS
import Mail

/// TXT records by name, raw; every other name does not exist.
struct DKIMZone: Resolver {
  private var answers: [Domain: Result<DNSAnswer<[UInt8]>, DNSFailure>] = [:]

  init(_ records: [String: String] = [:]) {
    for (name, text) in records { add(name, text) }
  }

  mutating func add(_ name: String, _ text: String, isSecure: Bool = false) {
    guard let domain = Self.domain(name) else { return }
    var records: [[UInt8]] = []
    if case .success(let answer)? = answers[domain] { records = answer.records }
    answers[domain] = .success(DNSAnswer(records + [Array(text.utf8)], isSecure: isSecure))
  }

  mutating func fail(_ name: String, _ failure: DNSFailure) {
    if let domain = Self.domain(name) { answers[domain] = .failure(failure) }
  }

  private static func domain(_ name: String) -> Domain? {
    Domain(name.hasSuffix(".") ? String(name.dropLast()) : name)
  }

  func texts(of name: Domain) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    answers[name] ?? .failure(.noSuchName)
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
