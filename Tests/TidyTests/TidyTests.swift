import Foundation
import Testing

/// The tree polices itself: what STYLE asks and a machine can see.
@Suite struct TidyTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private struct Source {
    let path: String
    let lines: [Substring]
    var room: String { String(path.split(separator: "/").dropFirst().first ?? "") }
  }

  private static func files(below folder: String) -> [Source] {
    let base = root.appendingPathComponent(folder)
    let names =
      FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".swift") }.sorted().compactMap { name in
      let path = folder + "/" + name
      guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      else { return nil }
      return Source(
        path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }
  }

  /// Which modules a room may import; NIO stays in Transport, Foundation out of the pure rooms.
  private static let imports: [String: Set<String>] = [
    "TOML": [],
    "CCharset": [],
    "Mail": ["CCharset", "Glibc"],
    "SMTP": ["Mail", "Glibc"],
    "Relay": ["Mail", "SMTP"],
    "Settings": ["TOML", "Mail", "SMTP", "Relay", "Inspection", "Policy"],
    "CThread": [],
    "Threads": ["CThread", "Glibc", "Synchronization"],
    "Spool": ["Mail", "SMTP", "Threads", "CChecksum", "Glibc", "Synchronization"],
    "Transport": [
      "Mail", "SMTP", "Threads", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "NIOTLS",
      "AsyncHTTPClient",
      "Synchronization",
      "Crypto", "X509", "SwiftASN1", "Foundation", "Glibc",
    ],
    "CUnbound": [],
    "DNS": ["Mail", "Threads", "CUnbound", "Glibc", "Synchronization"],
    "MailAuth": [
      "Mail", "SMTP", "DNS", "Crypto", "CryptoExtras", "X509", "SwiftASN1", "Foundation",
      "Synchronization",
    ],
    "Inspection": ["TOML", "Mail", "SMTP", "MailAuth", "Documents", "Glibc", "CYara"],
    "Policy": ["Mail", "SMTP", "Inspection"],
    "CJail": [],
    "Sandbox": ["Mail", "Inspection", "Threads", "CJail", "Glibc", "Synchronization"],
    "CZlib": [],
    "Reports": ["Mail", "CZlib", "Foundation"],
    "CArchive": [],
    "Documents": ["Mail", "CArchive", "CZlib", "Crypto", "CryptoExtras", "Glibc"],
    "CYara": [],
    "Scanners": ["Mail", "Inspection", "Glibc", "Synchronization"],
    "Accounts": [
      "Mail", "GRDB", "Crypto", "CryptoExtras", "Foundation", "Glibc", "Synchronization",
    ],
    "Journal": [
      "Mail", "SMTP", "Inspection", "Spool", "Threads", "GRDB", "Glibc", "Synchronization",
    ],
    "Delivery": [
      "Mail", "SMTP", "Relay", "DNS", "MailAuth", "Spool", "Threads", "Glibc", "Synchronization",
    ],
    "Simulation": [
      "Mail", "SMTP", "Settings", "DNS", "Spool", "Threads", "Journal", "Delivery", "Gateway",
      "Synchronization",
    ],
    "simulate": ["Simulation", "Glibc"],
    "Gateway": [
      "CHeap", "Mail", "SMTP", "Relay", "Settings", "DNS", "MailAuth", "Inspection", "Sandbox",
      "Scanners", "Policy", "Reports", "Accounts", "Spool", "Threads", "Journal", "Transport",
      "Delivery", "Foundation", "Glibc", "Synchronization",
    ],
    "kadomori": [
      "Mail", "SMTP", "Relay", "Settings", "DNS", "MailAuth", "Accounts", "Journal", "Reports",
      "TOML", "Spool",
      "Inspection", "Sandbox", "Gateway", "ArgumentParser", "Foundation", "Dispatch",
    ],
  ]

  @Test func `every room imports only what it may`() {
    let sources = Self.files(below: "Sources")
    #expect(sources.count > 50)
    for source in sources {
      for line in source.lines {
        guard let at = line.range(of: "import "),
          line[..<at.lowerBound].allSatisfy({ $0 != "/" && $0 != "\"" }),
          line.hasPrefix("import") || line.hasPrefix("package import") || line.hasPrefix("@")
        else { continue }
        let module = String(line[at.upperBound...])
        let allowed = Self.imports[source.room]?.contains(module) == true
        #expect(allowed, "\(source.path) imports \(module)")
      }
    }
  }

  @Test func `no file is wide or long`() {
    for source in Self.files(below: "Sources") + Self.files(below: "Tests") {
      #expect(source.lines.count <= 400, "\(source.path) has \(source.lines.count) lines")
    }
  }

  @Test func `every type has a comment`() {
    let words = ["struct ", "class ", "enum ", "protocol ", "actor "]
    for source in Self.files(below: "Sources") {
      for (number, line) in source.lines.enumerated() where number > 0 {
        let bare = line.replacing("package ", with: "").replacing("final ", with: "")
        guard words.contains(where: { bare.hasPrefix($0) }) else { continue }
        let before = source.lines[..<number].last { !$0.hasPrefix("@") } ?? ""
        #expect(before.hasPrefix("///"), "\(source.path):\(number + 1) has no comment")
      }
    }
  }

  @Test func `nothing is left over`() {
    let bad = ["TO" + "DO", "FIX" + "ME", "try" + "!", "as" + "! ", "fatal" + "Error("]
    for source in Self.files(below: "Sources") {
      for (number, line) in source.lines.enumerated() {
        for word in bad where line.contains(word) {
          Issue.record("\(source.path):\(number + 1) has \(word)")
        }
      }
    }
  }

  @Test func `every RFC named in the sources is in the index`() throws {
    let index = try String(
      contentsOf: Self.root.appendingPathComponent("docs/rfc.md"), encoding: .utf8)
    for source in Self.files(below: "Sources") {
      for line in source.lines {
        for match in line.matches(of: /RFC ([0-9]+)/) {
          let known = index.contains("| \(match.1) |")
          #expect(known, "RFC \(match.1) of \(source.path) is not in docs/rfc.md")
        }
      }
    }
  }
}
