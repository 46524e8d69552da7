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
    answers[domain] = .success(DNSAnswer(records + [Self.wire(text)], isSecure: isSecure))
  }

  mutating func fail(_ name: String, _ failure: DNSFailure) {
    if let domain = Self.domain(name) { answers[domain] = .failure(failure) }
  }

  private static func domain(_ name: String) -> Domain? {
    Domain(name.hasSuffix(".") ? String(name.dropLast()) : name)
  }

  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    guard type == .txt, let domain = name.domain else { return .failure(.noSuchName) }
    return answers[domain] ?? .failure(.noSuchName)
  }

  /// A TXT record's data: strings of at most 255 octets, each behind its length.
  private static func wire(_ text: String) -> [UInt8] {
    var rest = Array(text.utf8)[...]
    var wire: [UInt8] = rest.isEmpty ? [0] : []
    while !rest.isEmpty {
      wire += [UInt8(min(rest.count, 255))] + rest.prefix(255)
      rest = rest.dropFirst(255)
    }
    return wire
  }
}
