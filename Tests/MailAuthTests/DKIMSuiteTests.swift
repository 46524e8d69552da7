import DNS
import Foundation
import Mail
import MailAuth
import Testing
import Vectors

/// Messages of other verifiers' test suites, judged here.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct DKIMSuiteTests {
  /// Later than every vector was made.
  private let now = Timestamp(microseconds: 1_796_000_000_000_000)

  @Test func `dkimpy's vectors come out as dkimpy judges`() async throws {
    var tally = Tally("dkimpy")
    for (number, row) in try Suites.rows("dkim/dkimpy/vectors.jsonl").enumerated() {
      guard row["kind"] as? String == "dkim",
        let data = Data(base64Encoded: row["message_b64"] as? String ?? "")
      else { continue }
      let zone = DKIMZone(row["dns"] as? [String: String] ?? [:])
      let isReport = row["tlsrpt"] as? String != "False"
      let report = await DKIMVerifier.judge(
        Array(data), now: now, service: isReport ? .tlsReports : .mail, resolver: zone)
      let test = (row["test"] as? String ?? "").split(separator: ":").last.map(String.init) ?? ""
      let isPass = report.signatures.first?.status == .pass
      let agrees = isPass == (row["expected"] as? String == "pass")
      tally.count(
        agrees, "\(number) \(test) \(report.signatures.first?.reason ?? "")", Self.dkimpy(test))
    }
    tally.report()
    #expect(tally.all > 130)
  }

  private static func dkimpy(_ test: String) -> String? {
    switch test {
    case "test_dkim_signature_canonicalization":
      "a key of 512 bits, which RFC 8301 §3.2 says is never valid"
    case "test_tlsrpt_with_strict_no_tlsrptsvc":
      "RFC 8460 §3 gives reports s=tlsrpt keys, but does not forbid others"
    default: nil
    }
  }

  @Test func `chasquid's messages come out as chasquid judges`() async throws {
    var tally = Tally("chasquid")
    let files = try Suites.names(in: "dkim/chasquid")
    for file in files where file.hasSuffix(".result") {
      let name = String(file.dropLast(7))
      let message = try chasquid(name, ".msg")
      let report = await DKIMVerifier.judge(
        message, now: now,
        resolver: try zone(String(decoding: chasquid(name, ".dns"), as: UTF8.self)))
      let result =
        try JSONSerialization.jsonObject(with: Data(Suites.bytes("dkim/chasquid/" + file)))
        as? [String: Any]
      let states = (result?["Results"] as? [[String: Any]] ?? []).compactMap {
        $0["State"] as? String
      }
      let own = report.signatures.map { signature in
        switch signature.status {
        case .pass: "SUCCESS"
        case .temperror: "TEMPFAIL"
        default: "PERMFAIL"
        }
      }
      tally.count(
        own == states, name,
        name.hasPrefix("02")
          ? "they judge 5 signatures, we 10; the number is free (RFC 6376 §6.1)" : nil)
    }
    tally.report()
    #expect(tally.all >= 8)
  }

  /// Where a file is the same as an earlier one, the suite leaves it out.
  private func chasquid(_ name: String, _ kind: String) throws -> [UInt8] {
    for candidate in [name, name.hasPrefix("09") ? "08-our_signature" : "01-rfc8463"] {
      let path = "dkim/chasquid/" + candidate + kind
      if let bytes = try? Suites.bytes(path) { return Suites.message(bytes) }
    }
    return try Suites.bytes("dkim/chasquid/01-rfc8463" + kind)
  }

  /// `name: text`, lines joined by a backslash; TEMPERROR and PERMERROR for text.
  private func zone(_ text: String) throws -> DKIMZone {
    var zone = DKIMZone()
    let joined = text.replacing("\r\n", with: "\n").replacing("\\\n", with: " ")
    for line in joined.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = parts[1].trimmingCharacters(in: .whitespaces)
      switch value {
      case "TEMPERROR": zone.fail(String(parts[0]), .serverFailure("SERVFAIL"))
      case "PERMERROR": zone.fail(String(parts[0]), .noSuchName)
      default: zone.add(String(parts[0]), value)
      }
    }
    return zone
  }

  @Test func `stalwart's messages pass at their time`() async throws {
    var tally = Tally("stalwart-mail-auth")
    let time = Timestamp(microseconds: 1_667_843_664_000_000)
    for file in try Suites.names(in: "dkim/stalwart-mail-auth") where file.hasSuffix(".txt") {
      guard file != "README.txt" else { continue }
      let text = String(
        decoding: try Suites.bytes("dkim/stalwart-mail-auth/" + file), as: UTF8.self)
      var zone = DKIMZone()
      guard let gap = text.range(of: "\n\n") else { continue }
      for line in text[..<gap.lowerBound].split(separator: "\n") {
        let parts = line.split(separator: " ", maxSplits: 1)
        zone.add(String(parts[0]), String(parts[1]))
      }
      let message = Suites.message(Array(text[gap.upperBound...].utf8))
      let report = await DKIMVerifier.judge(message, now: time, resolver: zone)
      tally.count(
        report.signatures.last?.status == .pass,
        "\(file) \(report.signatures.last?.reason ?? "no signature")")
    }
    tally.report()
    #expect(tally.all == 6)
  }

  @Test func `mailauth's signed message passes twice`() async throws {
    let zoneFile = try Suites.bytes("dkim/mailauth/dkim/ec/fixtures/dns.json")
    let names =
      try JSONSerialization.jsonObject(with: Data(zoneFile)) as? [String: [String: [[String]]]]
      ?? [:]
    let zone = DKIMZone(names.mapValues { $0["TXT"]?.first?.joined() ?? "" })
    let message = Suites.message(
      try Suites.bytes("dkim/mailauth/dkim/ec/fixtures/signed.eml"))
    let report = await DKIMVerifier.judge(message, now: now, resolver: zone)
    print("mailauth: \(report.signatures.count { $0.status == .pass })/2 pass")
    #expect(report.signatures.map(\.status) == [.pass, .pass])
  }

  @Test func `go-msgauth's messages come out as go-msgauth judges`() async throws {
    var tally = Tally("go-msgauth")
    let rows = try ["verify", "sign", "sign_ed25519", "query"].flatMap {
      try Suites.rows("dkim/go-msgauth/\($0).jsonl")
    }
    func constant(_ name: String) -> String {
      rows.first { $0["const"] as? String == name }?["value"] as? String ?? ""
    }
    var zone = DKIMZone([
      "brisbane._domainkey.example.com": constant("dnsPublicKey"),
      "brisbane._domainkey.example.org": constant("dnsPublicKey"),
      "newengland._domainkey.example.com": constant("dnsRawRSAPublicKey"),
      "test._domainkey.football.example.com": constant("dnsPublicKey"),
    ])
    zone.add("brisbane._domainkey.football.example.com", constant("dnsEd25519PublicKey"))
    let body = constant("mailHeaderString") + "\r\n" + constant("mailBodyString")
    let messages: [(String, String, [DKIMStatus])] = [
      ("unsigned", constant("unsignedMailString"), []),
      ("simple", constant("verifiedMailString"), [.pass]),
      ("bare RSA key", constant("verifiedRawRSAMailString"), [.pass]),
      ("ed25519", constant("verifiedEd25519MailString"), [.pass, .fail]),
      ("too many", constant("tooManySignaturesMailString"), [.pass, .pass, .pass]),
      ("signed", constant("signedMailString") + body, [.pass]),
      ("signed ed25519", constant("signedEd25519MailString") + body, [.pass]),
    ]
    for (name, text, wanted) in messages {
      let message = Suites.message(Array(text.utf8))
      let report = await DKIMVerifier.judge(message, now: now, resolver: zone)
      tally.count(
        !text.isEmpty && report.signatures.map(\.status) == wanted,
        "\(name) \(report.signatures.map(\.reason))")
    }
    tally.report()
  }

  @Test func `SpamAssassin's messages have the body they were signed with, where they should`()
    throws
  {
    var tally = Tally("spamassassin-nokeys")
    for file in try Suites.names(in: "dkim/spamassassin-nokeys/dkim")
    where file.hasSuffix(".msg") {
      let message = Suites.message(
        try Suites.bytes("dkim/spamassassin-nokeys/dkim/" + file))
      let header = SignatureHeader(message)
      let places = header.places(of: "dkim-signature")
      guard file.hasPrefix("test-pass"), !places.isEmpty else { continue }
      let right = places.contains { place in
        guard let signature = try? DKIMSignature(header.value(place)) else { return false }
        let hashes = SignatureBodyHasher.hashes(
          of: message[header.bodyStart...], [signature.scope.body])
        return hashes.digest(signature.scope.body) == signature.scope.bodyHash
      }
      let isOld = file == "test-pass-01.msg"
      tally.count(right, file, isOld ? "rsa-sha1, never valid (RFC 8301 §3.1)" : nil)
    }
    tally.report()
    #expect(tally.all > 10)
  }
}
