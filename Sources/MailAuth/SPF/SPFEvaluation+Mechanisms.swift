import DNS
import Mail

// What a mechanism compares the client with (RFC 7208 §5), and the names it means (§7).
extension SPFEvaluation {
  /// RFC 7208 §5. `name` is the domain whose record it is.
  mutating func matches(
    _ directive: SPFDirective, of name: DNSName
  ) async throws(Stop) -> Bool {
    let term = SPFText.shown(directive.text.utf8)
    switch directive.mechanism {
    case .all: return true
    case .network(let network): return network.contains(client)
    case .include(let text):
      try count(term, name)
      return try await includes(text, term, name)
    case .a(let text, let lengths):
      try count(term, name)
      guard let target = try await target(text, term, name) else { return false }
      let addresses = try await addresses(target)
      if addresses.isEmpty { try countVoid(term, name) }
      return addresses.contains { lengths.network(around: $0).contains(client) }
    case .mx(let text, let lengths):
      try count(term, name)
      guard let target = try await target(text, term, name) else { return false }
      return try await exchangersMatch(target, lengths, term, name)
    case .ptr(let text):
      try count(term, name)
      guard let target = try await target(text, term, name) else { return false }
      return try await validatedNames(countedAs: term, name).contains { $0.isWithin(target) }
    case .exists(let text):
      try count(term, name)
      guard let target = try await target(text, term, name) else { return false }
      // Always type A, whatever the client's family is (RFC 7208 §5.7).
      let answer = await resolver.addresses(of: target, family: .v4, within: try timeLeft())
      let found = try records(answer, target, .a)
      if found.isEmpty { try countVoid(term, name) }
      return !found.isEmpty
    }
  }

  /// The table of RFC 7208 §5.2: only a pass matches, and no record at all is an error.
  private mutating func includes(
    _ text: SPFMacroText, _ term: String, _ name: DNSName
  ) async throws(Stop) -> Bool {
    guard let target = try await expand(text, term, name) else {
      throw leadsNowhere(term, name, nil)
    }
    switch try await checkHost(target).result {
    case .pass: return true
    case .none: throw leadsNowhere(term, name, target)
    case .neutral, .fail, .softfail, .temperror, .permerror: return false
    }
  }

  /// RFC 7208 §5.4. Without MX nothing matches; the domain's own address is no substitute.
  private mutating func exchangersMatch(
    _ target: DNSName, _ lengths: SPFPrefixLengths, _ term: String, _ name: DNSName
  ) async throws(Stop) -> Bool {
    let answer = await resolver.mailExchangers(of: target, within: try timeLeft())
    let exchangers = try records(answer, target, .mx).sorted { $0.preference < $1.preference }
    let hosts = exchangers.compactMap(\.host)
    guard hosts.count <= SPFLimits.exchangers else {
      throw .permanent(.tooManyExchangers(term: term, domain: "\(name)"))
    }
    var isVoid = true
    for host in hosts {
      let addresses = try await addresses(host)
      if !addresses.isEmpty { isVoid = false }
      if addresses.contains(where: { lengths.network(around: $0).contains(client) }) { return true }
    }
    if exchangers.isEmpty || isVoid && !hosts.isEmpty { try countVoid(term, name) }
    return false
  }

  /// The client's names that lead back to it (RFC 7208 §5.5). Trouble with its names is not the
  /// domain's: what can't be looked up is passed over, and a client whose names never answer must not use
  /// up the check's time, or it made a temporary error of the domain's no.
  private mutating func validatedNames(
    countedAs term: String?, _ name: DNSName
  ) async throws(Stop) -> [DNSName] {
    if let clientNames { return clientNames }
    clientNames = []
    let end = clock.now() + SPFLimits.nameSeconds
    let names: [DNSName]
    switch await resolver.names(of: client, within: try timeLeft(before: end)) {
    case .success(let answer): names = answer.records
    case .failure(let failure):
      if let term, !failure.isTemporary { try countVoid(term, name) }
      return []
    }
    var validated: [DNSName] = []
    for name in names.prefix(SPFLimits.names) where clock.now() < end {
      let answer = await resolver.addresses(
        of: name, family: AddressFamily(of: client), within: try timeLeft(before: end))
      if case .success(let found) = answer, found.records.contains(client) {
        validated.append(name)
      }
    }
    clientNames = validated
    return validated
  }

  // MARK: Names

  /// The name a mechanism means; nil for what can't be a name, which then matches nothing
  /// (RFC 7208 §4.8 leaves it open).
  private mutating func target(
    _ text: SPFMacroText?, _ term: String, _ name: DNSName
  ) async throws(Stop) -> DNSName? {
    guard let text else { return name }
    return try await expand(text, term, name).flatMap { DNSName(octets: $0) }
  }

  mutating func expand(
    _ text: SPFMacroText, _ term: String, _ name: DNSName
  ) async throws(Stop) -> [UInt8]? {
    if text.needsValidatedName {
      // RFC 7208 §4.6.4: `%{p}` is counted among the look-ups.
      if clientNames == nil { try count(term, name) }
      try await chooseName(countedAs: term, name)
    }
    return values.name(text)
  }

  /// `%{p}` is the domain itself, or a name below it, or any of the client's (RFC 7208 §7.3).
  private mutating func chooseName(
    countedAs term: String?, _ name: DNSName
  ) async throws(Stop) {
    let names = try await validatedNames(countedAs: term, name)
    let chosen = names.first { $0 == name } ?? names.first { $0.isWithin(name) } ?? names.first
    values.validatedName = chosen?.description ?? "unknown"
  }

  // MARK: The explanation

  /// RFC 7208 §6.2: whatever goes wrong, there is none. Its look-ups count for nothing but time.
  mutating func explanation(_ judgement: Judgement) async -> String? {
    guard let text = judgement.explanation, let name = DNSName(octets: judgement.domain) else {
      return nil
    }
    values.domain = judgement.domain
    do throws(Stop) {
      if text.needsValidatedName { try await chooseName(countedAs: nil, name) }
      guard let target = values.name(text).flatMap({ DNSName(octets: $0) }) else { return nil }
      let answer = await resolver.texts(of: target, within: try timeLeft())
      let texts = try records(answer, target, .txt)
      guard texts.count == 1,
        let words = try? SPFMacroParser.parse(texts[0][...], as: .explanation)
      else { return nil }
      if words.needsValidatedName { try await chooseName(countedAs: nil, name) }
      return values.explanation(words)
    } catch {
      return nil
    }
  }
}
