import Foundation
import Reports
import Testing
import Vectors

/// Bounces that others collected: enmime's, Nodemailer's and Sisimai's. What has no
/// `message/delivery-status` is told by its words alone, which is no standard: counted apart.
@Suite(
  .enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct DeliverySuiteTests {
  private static let folder = Suites.folder + "/dsn/"

  private static func report(_ path: String) throws -> DeliveryReport? {
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: folder + path)))
    do throws(ReportRefusal) {
      guard case .delivery(let report) = try ReceivedReport.read(bytes) else { return nil }
      return report
    } catch { return nil }
  }

  private static func files(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + path).sorted()
  }

  /// Whether the report has the octets `message/delivery-status`, in any case.
  private static func isMachineReadable(_ path: String) throws -> Bool {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + path))
    return String(decoding: data, as: UTF8.self).lowercased().contains("message/delivery-status")
  }

  @Test func `enmime's and Nodemailer's reports name their recipients`() throws {
    var met = 0
    let paths =
      try Self.files("enmime").filter { $0.hasSuffix(".raw") }.map { "enmime/" + $0 } + [
        "mailparser/delivery-status.eml"
      ]
    for path in paths {
      let report = try Self.report(path)
      let areNamed = report?.recipients.allSatisfy { $0.final != nil && $0.action != nil } == true
      #expect(areNamed, "\(path)")
      met += areNamed ? 1 : 0
    }
    print("suite enmime and mailparser delivery reports: \(met) of \(paths.count)")
  }

  @Test func `Sisimai's reports say what they say there`() throws {
    var (asked, met, wordsOnly) = (0, 0, 0)
    var departures: [String] = []
    let lines = try String(contentsOfFile: Self.folder + "sisimai/expected.jsonl", encoding: .utf8)
    for line in lines.split(separator: "\n") {
      guard
        let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let file = row["file"] as? String, let wanted = row["recipients"] as? [[String: Any]],
        FileManager.default.fileExists(atPath: Self.folder + "sisimai/emails/" + file)
      else { continue }
      guard try Self.isMachineReadable("sisimai/emails/" + file) else {
        wordsOnly += 1
        continue
      }
      asked += 1
      let told = try Self.report("sisimai/emails/" + file)?.recipients ?? []
      if Self.agrees(told, wanted) {
        met += 1
      } else {
        departures.append(
          "\(file): \(told.map(Self.line)) instead of \(wanted.map(Self.line)): "
            + (told.isEmpty
              ? "no part tells a recipient (RFC 3464 §2.3)"
              : "the rest stands in words only, outside the fields"))
      }
    }
    print("suite sisimai message/delivery-status: \(met) of \(asked)")
    print("  not RFC 3464: \(wordsOnly) bounces say it in words only")
    for departure in departures { print("  departs: \(departure)") }
    #expect(met * 10 > asked * 8)
  }

  private static func line(_ told: DeliveryReport.Recipient) -> String {
    "\(told.status ?? "-") \(told.diagnosticStatus ?? "-") \(told.replyCode ?? 0)"
  }

  private static func line(_ wanted: [String: Any]) -> String {
    "\(wanted["status"] ?? "-") \(wanted["replycode"] ?? "-")"
  }

  private static func agrees(
    _ told: [DeliveryReport.Recipient], _ wanted: [[String: Any]]
  ) -> Bool {
    guard told.count == wanted.count else { return false }
    return zip(told, wanted).allSatisfy { told, wanted in
      let status = wanted["status"] as? String ?? ""
      let code = wanted["replycode"] as? String ?? ""
      // 5.0.9xx is Sisimai's own, for reports that tell none.
      let isTold =
        status == told.status || status == told.diagnosticStatus || status.contains(".0.9")
        || status.isEmpty
      return isTold && (code.isEmpty || code == told.replyCode.map { "\($0)" })
    }
  }

  @Test func `what is no bounce is none`() throws {
    for file in try Self.files("sisimai/not-a-bounce") {
      #expect(try Self.report("sisimai/not-a-bounce/" + file) == nil, "\(file)")
    }
  }
}
