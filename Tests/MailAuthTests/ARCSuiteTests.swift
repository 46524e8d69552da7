import Foundation
import Mail
import MailAuth
import Testing
import Vectors

/// The ARC test suite of Valimail, whole; and the chains of SpamAssassin, dkimpy and mailauth as
/// far as their keys are known.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct ARCSuiteTests {
  private let now = Timestamp(microseconds: 1_796_000_000_000_000)

  @Test func `Valimail's chains come out as Valimail judges`() async throws {
    var tally = Tally("valimail-arc-test-suite")
    let path = "arc/valimail-arc-test-suite/tests/arc-draft-validation-tests.json"
    let scenarios =
      try JSONSerialization.jsonObject(with: Data(Suites.bytes(path))) as? [[String: Any]] ?? []
    var free = 0
    for scenario in scenarios {
      let zone = DKIMZone(scenario["txt-records"] as? [String: String] ?? [:])
      let tests = scenario["tests"] as? [String: [String: Any]] ?? [:]
      for (name, test) in tests.sorted(by: { $0.key < $1.key }) {
        let text = test["message"] as? String ?? ""
        let message = Suites.message(Array(text.utf8))
        let result = await ARCVerifier.judge(message, now: now, resolver: zone)
        let wanted = (test["cv"] as? String ?? "").lowercased()
        free += wanted.isEmpty ? 1 : 0
        tally.count(wanted.isEmpty || result.status.rawValue == wanted, "\(name): \(result.reason)")
      }
    }
    tally.report()
    print("  of these \(free) leave the outcome free: their newest seal says cv=fail itself")
    #expect(tally.all == 171)
  }

  @Test func `dkimpy's chains come out as dkimpy judges`() async throws {
    var tally = Tally("dkimpy arc")
    for row in try Suites.rows("dkim/dkimpy/vectors.jsonl")
    where row["kind"] as? String == "arc" {
      let data = try #require(Data(base64Encoded: row["message_b64"] as? String ?? ""))
      let zone = DKIMZone(row["dns"] as? [String: String] ?? [:])
      let result = await ARCVerifier.judge(Array(data), now: now, resolver: zone)
      tally.count(
        result.status.rawValue == row["expected"] as? String, row["test"] as? String ?? "")
    }
    tally.report()
    #expect(tally.all == 2)
  }

  @Test func `messages whose keys nobody has any more still have the body that was sealed`() throws
  {
    var tally = Tally("arc fixtures without keys: body of the newest set")
    let files = [
      ("dkim/mailauth/fixtures/arc-pass.eml", true), ("dkim/mailauth/fixtures/arc-pass2.eml", true),
      ("dkim/spamassassin-nokeys/dkim/arc/ok01.eml", true),
    ]
    for (path, isWhole) in files {
      let message = Suites.message(try Suites.bytes(path))
      let header = SignatureHeader(message)
      let verifier = ARCVerifier(header, now: now)
      let hashes = SignatureBodyHasher.hashes(
        of: message[header.bodyStart...], verifier.bodyHashes)
      let wanted = header.places(of: "arc-message-signature").first.flatMap { place in
        (try? TagList(Array(header.value(place))))?.compact("bh").flatMap { Base64.decode($0) }
      }
      let isSame = verifier.bodyHashes.contains { hashes.digest($0) == wanted }
      tally.count(isSame == isWhole, path)
    }
    tally.report()
  }
}
