import Mail

/// Joins the answers for AAAA and A.
enum AddressAnswer {
  typealias Answer = Result<DNSAnswer<IPAddress>, DNSFailure>

  /// Addresses of either kind will do. With none, a temporary failure is the answer, since the other
  /// kind might have been there.
  static func joined(_ six: Answer, _ four: Answer) -> Answer {
    switch (six, four) {
    case (.success(let six), .success(let four)):
      .success(
        DNSAnswer(
          six.records + four.records, isSecure: six.isSecure && four.isSecure,
          canonicalName: six.canonicalName ?? four.canonicalName))
    case (.success, .failure): six
    case (.failure, .success): four
    case (.failure(let one), .failure(let other)): .failure(one.isTemporary ? one : other)
    }
  }
}
