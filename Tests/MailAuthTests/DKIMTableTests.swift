import Foundation
import Mail
import MailAuth
import Testing
import Vectors

/// The tables of other verifiers' unit tests: canonical forms, tags, key records.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct DKIMTableTests {
  private func digest(_ body: String, _ kind: SignatureCanonicalization, pieces: [String] = [])
    -> [UInt8]?
  {
    var hasher = SignatureBodyHasher([.init(kind)])
    for piece in pieces.isEmpty ? [body] : pieces { hasher.append(Array(piece.utf8)[...]) }
    return hasher.finish().digest(.init(kind))
  }

  private func plain(_ canonical: String) -> [UInt8]? {
    canonical.isEmpty ? digest("", .relaxed) : digest(canonical, .simple)
  }

  private func field(_ line: String, _ kind: SignatureCanonicalization) -> String {
    let bytes = Array(line.utf8)
    let colon = bytes.firstIndex(of: 0x3A) ?? bytes.endIndex
    var value = bytes[min(colon + 1, bytes.endIndex)...]
    if value.suffix(2).elementsEqual([0x0D, 0x0A]) { value = value.dropLast(2) }
    var output: [UInt8] = []
    kind.appendField(name: bytes[..<colon], value: value, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test func `go-msgauth's canonical forms are ours`() throws {
    var tally = Tally("go-msgauth canonical.jsonl")
    let path = "dkim/go-msgauth/canonical.jsonl"
    for row in try Suites.table(path, "simpleCanonicalizerBodyTests") {
      let pieces = row["original"] as? [String] ?? []
      let canonical = row["canonical"] as? String ?? ""
      tally.count(digest("", .simple, pieces: pieces) == plain(canonical), "simple \(pieces)")
    }
    for row in try Suites.table(path, "relaxedCanonicalizerBodyTests") {
      let body = row["original"] as? String ?? ""
      let canonical = row["canonical"] as? String ?? ""
      tally.count(digest(body, .relaxed) == plain(canonical), "relaxed \(body)")
    }
    for row in try Suites.table(path, "relaxedCanonicalizerHeaderTests") {
      let line = row["original"] as? String ?? ""
      tally.count(field(line, .relaxed) == row["canonical"] as? String, line)
    }
    tally.report()
    #expect(tally.all == 24)
  }

  @Test func `chasquid's canonical forms are ours`() throws {
    var tally = Tally("chasquid canonicalize.jsonl")
    let path = "dkim/chasquid/tables/canonicalize.jsonl"
    for (name, kind) in [
      ("TestSimpleBody", SignatureCanonicalization.simple), ("TestRelaxBody", .relaxed),
    ] {
      for row in try Suites.table(path, name) {
        let body = row["in"] as? String ?? ""
        tally.count(
          digest(body, kind) == plain(row["want"] as? String ?? ""), "\(name) \(body)",
          body == "\r\n"
            ? "RFC 6376 §3.4.4 ignores all empty lines at the end, and a body of none stays empty"
            : nil)
      }
    }
    tally.report()
    #expect(tally.all == 19)
  }

  @Test func `mailauth's canonical fields are ours`() throws {
    var tally = Tally("mailauth header-*-test.jsonl")
    for kind in [SignatureCanonicalization.simple, .relaxed] {
      for row in try Suites.rows("dkim/mailauth/header-\(kind.rawValue)-test.jsonl") {
        let call = (row["calls"] as? [[String: Any]])?.first?["args"] as? [Any] ?? []
        let lines = ((call.dropFirst().first as? [String: Any])?["headers"] as? [[String: Any]])?
          .compactMap { ($0["line"] as? [String: String])?["$b64"] }
        let output = (lines ?? []).map { line in
          field(String(decoding: Data(base64Encoded: line) ?? Data(), as: UTF8.self), kind)
        }.joined()
        for expectation in row["expect"] as? [[String: Any]] ?? [] {
          let of = expectation["of"] as? [String: Any]
          guard (of?["path"] as? String)?.hasPrefix("canonicalizedHeader") == true,
            expectation["op"] as? String == "include",
            let text = (expectation["args"] as? [String])?.first
          else { continue }
          let isWanted = expectation["not"] as? Bool == false
          tally.count(output.contains(text) == isWanted, "\(row["name"] ?? "") \(text)")
        }
      }
    }
    tally.report()
    #expect(tally.all > 15)
  }

  @Test func `chasquid's signatures are read as chasquid reads them`() throws {
    var tally = Tally("chasquid header.jsonl")
    let path = "dkim/chasquid/tables/header.jsonl"
    for row in try Suites.table(path, "TestSignatureFromHeader") {
      let text = row["in"] as? String ?? ""
      let isRead = (try? DKIMSignature(Array(text.utf8)[...])) != nil
      tally.count(isRead == (row["want"] as? [String: Any] != nil), text)
    }
    for row in try Suites.table(path, "TestParseTags") {
      let text = row["in"] as? String ?? ""
      let list = try? TagList(Array(text.utf8))
      var wanted = row["want"] as? [String: String]
      wanted?["$type"] = nil
      let own = list.map { list in
        Dictionary(uniqueKeysWithValues: list.tags.map { ($0.name, list.text($0.name) ?? "") })
      }
      tally.count(own == wanted, text)
    }
    for row in try Suites.table(path, "TestCanonicalizationFromString") {
      let text = row["in"] as? String ?? ""
      let tag = text.isEmpty ? "" : "c=\(text); "
      let value = " v=1; a=rsa-sha256; d=a.example; s=s; h=from; \(tag)bh=AAAA; b=AAAA"
      let scope = (try? DKIMSignature(Array(value.utf8)[...]))?.scope
      func name(_ key: String) -> String? {
        (row[key] as? [String: String])?["$id"]?.replacing("Canonicalization", with: "")
      }
      let isRefused = row["err"] as? [String: Any] != nil
      tally.count(
        isRefused
          ? scope == nil
          : scope?.headerCanonicalization.rawValue == name("cH")
            && scope?.body.canonicalization.rawValue == name("cB"), text)
    }
    tally.report()
    #expect(tally.all > 25)
  }

  @Test func `chasquid's key records are read as chasquid reads them`() throws {
    var tally = Tally("chasquid dns.jsonl")
    let path = "dkim/chasquid/tables/dns.jsonl"
    let constants = try Suites.rows(path).filter { $0["const"] != nil }
    func text(_ value: Any?) -> String {
      if let plain = value as? String { return plain }
      var expression = (value as? [String: String])?["$expr"] ?? ""
      for constant in constants {
        expression = expression.replacing(
          "\" + \(constant["const"] as? String ?? "")", with: constant["value"] as? String ?? "")
      }
      return expression.replacing("\"", with: "")
    }
    for row in try Suites.table(path, "TestParsePublicKey") {
      let text = text(row["in"])
      let record = try? SignatureKeyRecord(Array(text.utf8))
      let algorithm = record?.keyType?.algorithm
      let isKey = record.map { record in
        algorithm.map { (try? record.key(for: $0)) != nil } ?? false
      }
      tally.count((isKey ?? false) == (row["pk"] as? [String: Any] != nil), text)
    }
    for row in try Suites.table(path, "TestStrictDomainCheck") {
      let flags = row["t"] as? String ?? ""
      let record = try SignatureKeyRecord(Array("k=ed25519; t=\(flags); p=AAAA".utf8))
      tally.count(record.isStrict == (row["ok"] as? Bool == true), "t=\(flags)")
    }
    tally.report()
    #expect(tally.all == 23)
  }

  @Test func `stalwart's tables come out as RFC 6376 has them`() throws {
    var tally = Tally("stalwart tables")
    let path = "dkim/stalwart-mail-auth/tables/"
    let forms = try Suites.rows(path + "dkim_canonicalize.rs.jsonl")
    for row in forms.compactMap({ $0["rows"] as? [[Any]] }).joined() where row.count == 2 {
      guard let body = row[0] as? String,
        let name = (row[1] as? [String: String])?["$expr"]?.split(separator: " ").last,
        let kind = SignatureCanonicalization(rawValue: name.lowercased())
      else { continue }
      let halves = body.map { String($0) }
      tally.count(
        digest(body, kind) == digest("", kind, pieces: halves + [""]), "\(kind) in pieces \(body)")
    }
    for row in try Suites.rows(path + "dkim_verify.rs.jsonl") {
      for pair in row["rows"] as? [[String]] ?? [] {
        let value = Array(pair[0].utf8)
        let trimmed = value.suffix(2) == [0x0D, 0x0A] ? value.dropLast(2) : value[...]
        let isLower = pair[0].hasPrefix("B") == false
        let tags = try TagList(Array(trimmed))
        let raw = tags.tags.first { $0.name == "b" }?.raw
        let blanked = raw.map { trimmed[..<$0.lowerBound] + trimmed[$0.upperBound...] }
        let own = String(decoding: blanked ?? trimmed, as: UTF8.self)
        tally.count(
          own == pair[1], pair[0],
          isLower
            ? "what folds a value is deleted with it" : "names of tags compare by case (§3.2)")
      }
    }
    for row in try Suites.rows(path + "dkim_parse.rs.jsonl")
    where row["func"] as? String == "dkim_record_empty_p_is_revoked" {
      for text in row["rows"] as? [String] ?? [] {
        let record = try? SignatureKeyRecord(Array(text.utf8))
        tally.count(record?.isRevoked == true, text)
      }
    }
    tally.report()
    #expect(tally.all > 15)
  }

  @Test func `signatures of before the standard do not pass`() async throws {
    var tally = Tally("spamassassin-nokeys nice/dkim, as of 2005")
    let folder = "dkim/spamassassin-nokeys/nice/dkim"
    for file in try Suites.names(in: folder) {
      let message = Suites.message(try Suites.bytes(folder + "/" + file))
      let report = await DKIMVerifier.judge(
        message, now: Timestamp(microseconds: 0), resolver: DKIMZone())
      tally.count(report.signatures.allSatisfy { $0.status != .pass }, file)
    }
    tally.report()
    #expect(tally.all >= 9)
  }
}
