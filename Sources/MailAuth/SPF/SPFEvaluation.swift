import DNS
import Mail

/// One check under way: the function `check_host()` of RFC 7208 §4, with what it has used up.
///
/// `include` and `redirect` recurse; each is a look-up, so the depth is bounded as those are.
struct SPFEvaluation {
  /// Ends the whole check, from however deep.
  struct Stop: Error {
    let result: SPFResult
    let reason: SPFReason

    static func permanent(_ reason: SPFReason) -> Stop { Stop(result: .permerror, reason: reason) }
  }

  /// What one domain's record says.
  struct Judgement {
    let result: SPFResult
    let reason: SPFReason
    /// The `exp=` beside the directive that matched, and the domain it stands in.
    var explanation: SPFMacroText?
    var domain: [UInt8] = []
  }

  let resolver: any Resolver
  let clock: any Clock
  private let deadline: Timestamp
  let client: IPAddress
  var values: SPFMacroValues
  private(set) var lookups = 0
  private(set) var voids = 0
  /// Looked up once a check, whoever asks for it.
  var clientNames: [DNSName]?

  init(_ request: SPFRequest, receiver: String, resolver: any Resolver, clock: any Clock) {
    let now = clock.now()
    self.resolver = resolver
    self.clock = clock
    deadline = now + SPFLimits.seconds
    client = request.client
    values = SPFMacroValues(
      client: request.client, helo: Array(request.helo.utf8), localPart: request.localPart,
      senderDomain: request.senderDomain, receiver: receiver, time: now,
      domain: request.senderDomain)
  }

  // MARK: check_host

  /// RFC 7208 §4.3 to §4.7.
  mutating func checkHost(_ domain: [UInt8]) async throws(Stop) -> Judgement {
    guard let name = Self.domainName(domain) else {
      return Judgement(result: .none, reason: .noDomain(SPFText.shown(domain)))
    }
    guard let record = try await record(of: name) else {
      return Judgement(result: .none, reason: .noRecord(domain: "\(name)"))
    }
    let outer = values.domain
    values.domain = domain
    defer { values.domain = outer }
    for directive in record.directives {
      guard try await matches(directive, of: name) else { continue }
      return Judgement(
        result: directive.qualifier.result,
        reason: .matched(term: SPFText.shown(directive.text.utf8), domain: "\(name)"),
        explanation: record.explanation, domain: domain)
    }
    if let redirect = record.redirect { return try await follow(redirect, from: name) }
    return Judgement(result: .neutral, reason: .nothingMatched(domain: "\(name)"))
  }

  /// A name of two labels or more that could be a mail domain's (RFC 7208 §4.3); an address is none.
  private static func domainName(_ domain: [UInt8]) -> DNSName? {
    guard domain.first != 0x5B, let name = DNSName(octets: domain), name.labels.count > 1,
      name.labels.last?.allSatisfy(SPFMacroParser.isDigit) == false
    else { return nil }
    return name
  }

  /// RFC 7208 §4.4 and §4.5.
  private func record(of name: DNSName) async throws(Stop) -> SPFRecord? {
    let answer = await resolver.texts(of: name, within: try timeLeft())
    let texts = try records(answer, name, .txt).filter(SPFRecordParser.isRecord)
    guard let text = texts.first else { return nil }
    guard texts.count == 1 else { throw .permanent(.severalRecords(domain: "\(name)")) }
    do throws(SyntaxError) {
      return try SPFRecordParser.parse(text)
    } catch {
      throw .permanent(.wrongRecord(domain: "\(name)", error))
    }
  }

  /// RFC 7208 §6.1.
  private mutating func follow(
    _ redirect: SPFMacroText, from name: DNSName
  ) async throws(Stop) -> Judgement {
    let term = "redirect"
    try count(term, name)
    let target = try await expand(redirect, term, name)
    let judgement: Judgement? =
      if let target { try await checkHost(target) } else { nil }
    guard let judgement, judgement.result != .none else {
      throw leadsNowhere(term, name, target)
    }
    return judgement
  }

  func leadsNowhere(_ term: String, _ name: DNSName, _ target: [UInt8]?) -> Stop {
    .permanent(
      .leadsNowhere(term: term, domain: "\(name)", target: SPFText.shown(target ?? [])))
  }

  // MARK: The DNS

  func addresses(_ name: DNSName) async throws(Stop) -> [IPAddress] {
    let family = AddressFamily(of: client)
    let answer = await resolver.addresses(of: name, family: family, within: try timeLeft())
    return try records(answer, name, family.recordType)
  }

  /// Nothing where there is nothing; a failure that may pass ends the check (RFC 7208 §5).
  func records<Record>(
    _ answer: Result<DNSAnswer<Record>, DNSFailure>, _ name: DNSName, _ type: RecordType
  ) throws(Stop) -> [Record] {
    switch answer {
    case .success(let answer): return answer.records
    case .failure(.noSuchName), .failure(.noRecords): return []
    case .failure(let failure):
      _ = try timeLeft()
      throw Stop(result: .temperror, reason: .dns(name: "\(name)", type: "\(type)", failure))
    }
  }

  /// RFC 7208 §4.6.4: when time is up the result is a temporary error.
  func timeLeft() throws(Stop) -> Duration {
    let left = deadline.microseconds - clock.now().microseconds
    guard left > 0 else {
      throw Stop(result: .temperror, reason: .tookTooLong(seconds: SPFLimits.seconds))
    }
    return .microseconds(left)
  }

  /// The same for a part that ends sooner.
  func timeLeft(before end: Timestamp) throws(Stop) -> Duration {
    min(try timeLeft(), .microseconds(max(0, end.microseconds - clock.now().microseconds)))
  }

  mutating func count(_ term: String, _ name: DNSName) throws(Stop) {
    lookups += 1
    if lookups > SPFLimits.lookups {
      throw .permanent(.tooManyLookups(term: term, domain: "\(name)"))
    }
  }

  mutating func countVoid(_ term: String, _ name: DNSName) throws(Stop) {
    voids += 1
    if voids > SPFLimits.voids {
      throw .permanent(.tooManyVoids(term: term, domain: "\(name)"))
    }
  }
}

/// A stranger's octets as people may see them.
enum SPFText {
  /// More of a term or name says no more.
  private static let limit = 256

  static func shown(_ octets: some Collection<UInt8>) -> String {
    let clean = octets.prefix(limit).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
    return String(decoding: clean, as: UTF8.self)
  }
}
