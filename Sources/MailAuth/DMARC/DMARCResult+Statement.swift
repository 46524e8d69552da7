import Mail

extension DMARCResult {
  /// The result as Authentication-Results tells it (RFC 8601 §2.7; RFC 9989 §9 registers `polrec`):
  ///
  ///     dmarc=fail (no proven domain aligns with From) header.from=a.example.jp
  ///       polrec.p=reject polrec.domain=example.jp
  package var statement: AuthenticationResultsField.Statement {
    var properties: [AuthenticationResultsField.Property] = []
    if let authorDomain { properties.append(.init("header", "from", authorDomain.ascii)) }
    if let publishedPolicy { properties.append(.init("polrec", "p", publishedPolicy.rawValue)) }
    if let policyDomain, policyDomain != authorDomain {
      properties.append(.init("polrec", "domain", policyDomain.ascii))
    }
    return AuthenticationResultsField.Statement(
      "dmarc", outcome.rawValue, comment: reason.words, properties)
  }
}
