import Foundation
package import Mail

/// What was counted for TLS reports and is not sent yet: a tally for each domain and day (UTC).
///
/// Bounded in domains of a day and in days; what does not fit is not counted.
package struct TLSReportBook: Sendable {
  /// Domains of one day that are told apart.
  package static let domainLimit = 10_000
  /// Days that are kept where their reports can't be sent.
  package static let dayLimit = 3
  /// Octets of the text that `init(json:)` reads.
  package static let sizeLimit = 64 << 20

  /// One domain's day, as the text has it.
  private struct Page: Codable {
    let day: Int
    let domain: String
    let results: [TLSReport.PolicyResult]
  }

  private var days: [Int: [Domain: TLSTally]] = [:]

  package init() {}

  /// A session of that day (days since 1970) to a domain's host; `failure` is nil where it went well.
  package mutating func add(
    _ day: Int, _ domain: Domain, _ policy: TLSReport.Policy, _ failure: TLSReport.Failure?
  ) {
    if days[day] == nil, days.count >= Self.dayLimit, let oldest = days.keys.min() {
      guard oldest < day else { return }
      days[oldest] = nil
    }
    guard days[day]?[domain] != nil || days[day, default: [:]].count < Self.domainLimit else {
      return
    }
    if let failure {
      days[day, default: [:]][domain, default: TLSTally()].fail(policy, failure)
    } else {
      days[day, default: [:]][domain, default: TLSTally()].succeed(policy)
    }
  }

  /// Days before that one which have something to tell.
  package func days(before day: Int) -> [Int] { days.keys.filter { $0 < day }.sorted() }

  package func results(of day: Int) -> [(domain: Domain, results: [TLSReport.PolicyResult])] {
    (days[day] ?? [:]).map { ($0, $1.policies) }.sorted { $0.domain.ascii < $1.domain.ascii }
  }

  /// What was sent, or will never be.
  package mutating func drop(_ day: Int, _ domain: Domain) {
    days[day]?[domain] = nil
    if days[day]?.isEmpty == true { days[day] = nil }
  }

  // MARK: Over a restart

  package var json: [UInt8] {
    let pages = days.flatMap { day, tallies in
      tallies.map { Page(day: day, domain: $0.ascii, results: $1.policies) }
    }
    return (try? JSONEncoder().encode(pages)).map { Array($0) } ?? []
  }

  /// Empty where the text can't be read.
  package init(json bytes: [UInt8]) {
    guard bytes.count <= Self.sizeLimit,
      let pages = try? JSONDecoder().decode([Page].self, from: Data(bytes))
    else { return }
    for page in pages {
      guard let domain = Domain(page.domain) else { continue }
      days[page.day, default: [:]][domain] = TLSTally(page.results)
    }
  }
}
