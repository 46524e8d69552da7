import CZlib
import Documents
import Foundation
import Testing

/// Where published files lie; absent, the tests are skipped and say so.
enum SuiteFiles {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()
  static let clamav = "/usr/share/clamav-testfiles"

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func octets(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  static func rows(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: folder + "/" + path, encoding: .utf8).split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }
}

@Suite(
  .enabled(
    if: SuiteFiles.exists(SuiteFiles.clamav), "the package clamav-testfiles is not installed"))
struct ClamavFilesSuiteTests {
  /// What is no container of ours, and why.
  private static let departures: [String: String] = [
    "clam-aspack.exe": "a packed program: refused as a program",
    "clam-fsg.exe": "a packed program", "clam-mew.exe": "a packed program",
    "clam-nsis.exe": "an installer's own format: a program", "clam-pespin.exe": "a packed program",
    "clam-petite.exe": "a packed program", "clam-upack.exe": "a packed program",
    "clam-upx.exe": "a packed program", "clam-wwpack.exe": "a packed program",
    "clam-yc.exe": "a packed program", "clam.ea05.exe": "a compiled script: a program",
    "clam.ea06.exe": "a compiled script: a program",
    "clam_IScab_ext.exe": "an installer's own format: a program",
    "clam_IScab_int.exe": "an installer's own format: a program",
    "clam_ISmsi_ext.exe": "an installer's own format: a program",
    "clam_ISmsi_int.exe": "an installer's own format: a program",
  ]

  @Test func `clam exe is reached in every container that the list covers`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: SuiteFiles.clamav).sorted()
    var (reached, covered, missed): (Int, Int, [String]) = (0, 0, [])
    for name in names {
      let octets = try SuiteFiles.octets(SuiteFiles.clamav + "/" + name)
      var path: String?
      let found = DocumentReader().read(octets, name: ArtefactName(name)) { artefact, octets in
        let isProgram = octets.count == 544 && octets.starts(with: Array("MZ".utf8))
        if isProgram, crc32_z(0, octets, octets.count) == 0xEF07_3CFD {
          path = path ?? artefact.path
        }
      }
      if let reason = Self.departures[name] {
        print("  departs \(name): \(reason)")
        #expect(path != nil || found.all.contains { $0.kind.risk == .active })
        continue
      }
      covered += 1
      if let path {
        reached += 1; print("  \(name): \(path)")
      } else {
        missed.append("\(name) \(found.kinds) \(found.allDefects)")
      }
    }
    print("clamav-testfiles: clam.exe reached in \(reached) of \(covered) containers")
    #expect(missed.isEmpty, "\(missed)")
    #expect(covered >= 20)
  }
}

@Suite(
  .enabled(
    if: SuiteFiles.exists(SuiteFiles.folder + "/archives"),
    "the published suites are not beside the checkout"))
struct EicarSuiteTests {
  private static let mark = Array("EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*".utf8)

  @Test func `EICAR is reached in every variant`() throws {
    var (met, rows) = (0, try SuiteFiles.rows("archives/eicar/expected.jsonl"))
    rows.removeAll { $0["file"] == nil }
    for row in rows {
      let name = row["file"] as? String ?? ""
      let octets = try SuiteFiles.octets(SuiteFiles.folder + "/archives/eicar/" + name)
      var isFound = false
      let found = DocumentReader().read(octets, name: ArtefactName(name)) { _, octets in
        // Whole, and at the beginning: as the test file is defined.
        if octets.starts(with: Array("X5O!P%@AP[4\\PZX54(P^)7CC)7}$".utf8) + Self.mark),
          octets.count <= 128
        {
          isFound = true
        }
      }
      let isRight = isFound == (row["infected"] as? Bool ?? false)
      if isRight { met += 1 }
      #expect(isRight, "\(name): \(found.all.map { "\($0.path) \($0.kind)" }) \(found.allDefects)")
    }
    print("archives/eicar: \(met) of \(rows.count)")
  }
}

@Suite(
  .enabled(
    if: SuiteFiles.exists(SuiteFiles.folder + "/documents"),
    "the published suites are not beside the checkout"))
struct OfficeSuiteTests {
  private static func read(_ row: [String: Any]) throws -> (String, Artefact) {
    let name = row["file"] as? String ?? ""
    let octets = try SuiteFiles.octets(SuiteFiles.folder + "/documents/oletools/" + name)
    return (
      name, DocumentReader(passwords: ["infected-test"]).read(octets, name: ArtefactName(name))
    )
  }

  private func count(
    _ what: String, _ belongs: (String, [String: Any]) -> Bool, _ isMet: (Artefact) -> Bool
  ) throws {
    var (met, all) = (0, 0)
    for row in try SuiteFiles.rows("documents/oletools/oletools-expected.jsonl") {
      guard belongs(row["file"] as? String ?? "", row) else { continue }
      let (name, found) = try Self.read(row)
      all += 1
      if isMet(found) {
        met += 1
      } else {
        Issue.record(
          "\(what) \(name): \(found.all.map { "\($0.path) \($0.kinds) \($0.facts) \($0.defects)" })"
        )
      }
    }
    print("documents/oletools \(what): \(met) of \(all)")
  }

  private static func has(_ found: Artefact, _ kinds: ArtefactFact.Kind...) -> Bool {
    found.all.contains { artefact in kinds.contains { artefact.has($0) } }
  }

  @Test func `what is encrypted is told, or opened`() throws {
    try count("encrypted", { $1["oleid_encrypted"] as? Bool == true }) {
      Self.has($0, .encrypted, .openedWithPassword)
    }
  }

  @Test func `what Office opens without asking is opened`() throws {
    try count("opened with Office's own password", { name, _ in name.contains("standardpassword") })
    {
      $0.all.contains {
        $0.facts.contains(ArtefactFact(.openedWithPassword, PasswordOrigin.program.rawValue))
      }
    }
  }

  /// What stands in the documents of before 2007 that are encrypted with a password of somebody's.
  private static let secrets: [String: [UInt8]] = [
    "doc": Array("Encrypted Test File".utf8), "xls": [0x09, 0x08],
    "ppt": "Titelplatzhalter".utf16.flatMap { ZipBuilder.little(Int($0), 2) },
  ]

  @Test(arguments: ["doc", "ppt", "xls"])
  func `an old document is opened by the password that fits`(suffix: String) throws {
    let name = "encrypted." + suffix
    let path = SuiteFiles.folder + "/documents/oletools/encrypted/" + name
    let octets = try SuiteFiles.octets(path)
    let secret = try #require(Self.secrets[suffix])
    func seen(_ passwords: [String]) -> (found: Artefact, hasSecret: Bool) {
      var hasSecret = false
      let reader = DocumentReader(passwords: passwords)
      let found = reader.read(octets, name: ArtefactName(name)) { _, octets in
        hasSecret =
          hasSecret || octets.indices.contains { octets[$0...].starts(with: secret) }
      }
      return (found, hasSecret)
    }
    let open = seen(["wrong", "encrypted"])
    #expect(open.found.has(.openedWithPassword) && open.hasSecret)
    let closed = seen(["wrong"])
    #expect(closed.found.has(.encrypted) && !closed.found.has(.openedWithPassword))
    #expect(!closed.hasSecret || suffix == "xls")
  }

  @Test func `macros are told`() throws {
    try count("macros", { $1["vba"] as? Bool == true && $0.hasPrefix("ole") }) {
      Self.has($0, .macros) && Self.has($0, .autoExec)
    }
  }

  @Test func `macro sheets are told`() throws {
    try count("excel 4 macros", { name, _ in name.hasPrefix("excel4") }) {
      Self.has($0, .excel4Macros)
    }
  }

  @Test func `links to programs are told`() throws {
    let isLink = { (name: String, _: [String: Any]) in
      name.contains("dde-") && !name.hasPrefix("encrypted")
    }
    try count("dynamic data exchange", isLink) { Self.has($0, .dynamicDataExchange) }
  }

  @Test func `targets outside are told`() throws {
    try count("external", { ($1["oleid_ext_rels"] as? Int ?? 0) > 0 && !$0.isEmpty }) {
      Self.has($0, .externalRelationship, .remoteTemplate)
    }
  }

  @Test func `objects within are told`() throws {
    try count("embedded", { name, _ in name.hasPrefix("oleobj/embedded") }) {
      Self.has($0, .olePackage, .embeddedObject) || $0.kind == .openDocument
    }
    try count("shortcuts", { name, _ in name.hasPrefix("oleobj/sample_with_lnk_file") }) { found in
      found.all.contains { $0.kind == .shortcut }
    }
  }

  @Test func `harmless documents have none of it`() throws {
    try count("harmless", { name, _ in name.contains("harmless") }) {
      !Self.has(
        $0, .macros, .excel4Macros, .dynamicDataExchange, .remoteTemplate, .externalRelationship,
        .encrypted)
    }
  }
}
