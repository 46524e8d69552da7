import Foundation
import Mail
import Testing

@testable import Inspection

/// SpamAssassin's test mails. They are of 2001 to 2005 and made for its rules: what counts here is that GTUBE
/// is found and nothing else taken for it, that honest mail is left alone, and that all is read.
@Suite(
  .enabled(if: InspectionSuites.arePresent, "the published suites are not beside the checkout"))
struct ContentFilterSuiteTests {
  private static let folder = "content-filter/spamassassin"

  private func report(_ path: String) throws -> InspectionReport {
    let octets = try InspectionSuites.octets(path)
    return InspectionReport(Self.inspector.findings(octets, .mail), milliseconds: 0)
  }

  private static let inspector = MessageInspector()

  @Test func `GTUBE is found wherever it stands, and not where it is only named`() throws {
    var met = 0
    let files = try ["spam", "nice"].flatMap { try InspectionSuites.files("\(Self.folder)/\($0)") }
    let named = files.filter { $0.contains("gtube") }
    for path in named {
      let isFound = try report(path).findings.contains { $0.rule == "spam.gtube" }
      let isRight = isFound == !path.contains("not_gtube")
      #expect(isRight, "\(path)")
      met += isRight ? 1 : 0
    }
    print("suite SpamAssassin GTUBE: \(met) of \(named.count)")
  }

  @Test(arguments: ["nice", "welcomelists"])
  func `honest mail is left alone`(folder: String) throws {
    let files = try InspectionSuites.files("\(Self.folder)/\(folder)")
    var taken: [String] = []
    for path in files {
      let report = try report(path)
      if report.verdict != .clean {
        let why = report.findings.filter { $0.weight > 0 }.map(\.rule).joined(separator: ", ")
        taken.append("\(path.suffix(30)): \(report.verdict.rawValue) by \(why)")
      }
    }
    print("suite SpamAssassin \(folder), clean: \(files.count - taken.count) of \(files.count)")
    for line in taken { print("  departs: \(line)") }
    #expect(taken.count * 10 <= files.count)
  }

  @Test func `unwanted mail is read to its end`() throws {
    let files = try InspectionSuites.files("\(Self.folder)/spam")
    var (read, unwanted) = (0, 0)
    for path in files {
      let report = try report(path)
      if !report.findings.contains(where: { $0.rule.hasPrefix("limit") }) { read += 1 }
      if report.verdict != .clean { unwanted += 1 }
    }
    print("suite SpamAssassin spam, read to its end: \(read) of \(files.count)")
    print("  rules for this century's mail take \(unwanted) of \(files.count) for unwanted")
    #expect(read == files.count)
  }
}
