import DNS
import Foundation
import Mail
import MailAuth
import Testing
import Vectors

/// The OpenSPF suites for RFC 7208 and RFC 4408. Each scenario's zone becomes a zone file of ours.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct SPFSuiteTests {
  @Test func `every case of the RFC 7208 suite comes out as it says`() async throws {
    #expect(try await SPFSuite(file: "rfc7208-tests.json").run() == 203)
  }

  /// Those of its results that RFC 7208 forbids are the later suite's; the rest still hold.
  @Test func `every case of the RFC 4408 suite comes out as it says`() async throws {
    #expect(try await SPFSuite(file: "rfc4408-tests.json").run() == 191)
  }
}

/// One file of the suites.
struct SPFSuite {
  private static let folder = "spf/openspf-rfc7208/"

  let file: String

  /// How many cases came out right; the others are recorded.
  func run() async throws -> Int {
    let scenarios = try #require(try Suites.json(Self.folder + file) as? [[String: Any]])
    var (good, all) = (0, 0)
    for scenario in scenarios {
      let zone = try Self.resolver(scenario["zonedata"] as? [String: [Any]] ?? [:])
      let cases = scenario["tests"] as? [String: [String: Any]] ?? [:]
      for (name, row) in cases.sorted(by: { $0.key < $1.key }) {
        all += 1
        if try await Self.isRight(row, zone, "\(scenario["description"] ?? ""): \(name)") {
          good += 1
        }
      }
    }
    print("SPF: \(good) of \(all) cases of \(file)")
    return good
  }

  private static func isRight(
    _ row: [String: Any], _ zone: ZoneResolver, _ name: String
  ) async throws -> Bool {
    let client = try #require(IPAddress(row["host"] as? String ?? ""))
    let verifier = SPFVerifier(resolver: zone, clock: StoppedClock(), receiver: "receiver.test")
    let outcome = await verifier.check(
      SPFRequest(
        client: client, helo: row["helo"] as? String ?? "",
        sender: row["mailfrom"] as? String ?? ""))
    let allowed = row["result"] as? [String] ?? [row["result"] as? String ?? ""]
    let isRight = allowed.contains(outcome.result.rawValue)
    #expect(isRight, "\(name): \(outcome.result), not \(allowed): \(outcome.reason.sentence)")
    guard let wanted = row["explanation"] as? String, outcome.result == .fail else {
      return isRight
    }
    let explanation = outcome.explanation ?? "DEFAULT"
    #expect(explanation == wanted, "\(name): \(explanation)")
    return isRight && explanation == wanted
  }

  // MARK: Zone data

  private static func resolver(_ names: [String: [Any]]) throws -> ZoneResolver {
    var lines: [String] = []
    for (name, entries) in names {
      let owner = escaped(Array(name.utf8), keeping: 0x2E)
      let records = entries.compactMap { $0 as? [String: Any] }
      let hasText = records.contains { $0["TXT"] != nil }
      for record in records {
        for (type, value) in record { lines += self.lines(owner, type, value, hasText) }
      }
      if entries.contains(where: { $0 as? String == "TIMEOUT" }) {
        lines.append("\(owner) FAIL TIMEOUT")
      }
    }
    return ZoneResolver(try ZoneParser.parse(Array(lines.joined(separator: "\n").utf8)))
  }

  /// SPF stands for TXT too unless the name has a TXT of its own; `NONE` is no record.
  private static func lines(
    _ owner: String, _ type: String, _ value: Any, _ hasText: Bool
  ) -> [String] {
    switch type {
    case "SPF", "TXT":
      let strings = value as? [String] ?? [value as? String ?? ""]
      guard strings != ["NONE"] else { return [] }
      let words = strings.isEmpty ? ["\"\""] : strings.flatMap(quoted)
      let types = type == "SPF" && !hasText ? ["SPF", "TXT"] : [type]
      return types.map { "\(owner) \($0) \(words.joined(separator: " "))" }
    case "MX":
      let pair = (value as? [Any] ?? []).map { "\($0)" }
      let host = pair.last == "" ? "." : escaped(Array((pair.last ?? "").utf8), keeping: 0x2E)
      return ["\(owner) MX \(pair.first ?? "") \(host)"]
    default: return ["\(owner) \(type) \(value)"]
    }
  }

  /// U+00XX stands for the octet XX; a string of a record has 255 octets at most.
  private static func quoted(_ text: String) -> [String] {
    let octets = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return stride(from: 0, to: max(octets.count, 1), by: 255).map {
      "\"\(escaped(Array(octets[$0..<min($0 + 255, octets.count)]), keeping: 0x20))\""
    }
  }

  /// Everything that is no letter or digit as `\DDD`, but for one octet.
  private static func escaped(_ octets: [UInt8], keeping kept: UInt8) -> String {
    octets.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain = byte == kept || scalar.isASCII && scalar.properties.isAlphabetic
      return isPlain ? String(scalar) : String(format: "\\%03d", Int(byte))
    }.joined()
  }
}

/// A clock that stands.
struct StoppedClock: Clock {
  func now() -> Timestamp { Timestamp(microseconds: 1_000_000_000_000) }
}
