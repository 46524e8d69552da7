/// A number, a text or a list where JSON may hold another kind: nil instead of an error.
extension KeyedDecodingContainer {
  func text(_ key: Key) -> String? { (try? decodeIfPresent(String.self, forKey: key)) ?? nil }

  /// Never negative: sessions are counted.
  func count(_ key: Key) -> Int? {
    let number = (try? decodeIfPresent(Int.self, forKey: key)) ?? nil
    return number.map { max(0, $0) }
  }

  /// A list, or one value that should have been a list of one.
  func list<Value: Decodable>(_ key: Key) -> [Value]? {
    if let list = (try? decodeIfPresent([Value].self, forKey: key)) ?? nil { return list }
    return ((try? decodeIfPresent(Value.self, forKey: key)) ?? nil).map { [$0] }
  }
}

extension TLSReport.DateRange {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(start: members.text(.start) ?? "", end: members.text(.end) ?? "")
  }
}

extension TLSReport.Policy {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      type: members.text(.type) ?? "", strings: members.list(.strings),
      domain: members.text(.domain), hosts: members.list(.hosts))
  }
}

extension TLSReport.Summary {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(successes: members.count(.successes) ?? 0, failures: members.count(.failures))
  }
}

extension TLSReport.Failure {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(type: members.text(.type) ?? "", sessions: members.count(.sessions) ?? 0)
    sendingAddress = members.text(.sendingAddress)
    receivingHost = members.text(.receivingHost)
    receivingHello = members.text(.receivingHello)
    receivingAddress = members.text(.receivingAddress)
    information = members.text(.information)
    reasonCode = members.text(.reasonCode)
  }
}

extension TLSReport.PolicyResult {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      policy: try members.decode(TLSReport.Policy.self, forKey: .policy),
      summary: (try? members.decode(TLSReport.Summary.self, forKey: .summary))
        ?? TLSReport.Summary(successes: 0, failures: nil),
      failures: members.list(.failures))
  }
}

extension TLSReport {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      organization: members.text(.organization),
      dateRange: try members.decode(DateRange.self, forKey: .dateRange),
      contact: members.text(.contact), reportID: members.text(.reportID) ?? "",
      policies: try members.decode([PolicyResult].self, forKey: .policies))
  }
}
