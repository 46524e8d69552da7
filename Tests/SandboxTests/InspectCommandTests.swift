import Foundation
import Testing
import Vectors

@testable import kadomori

/// `kadomori inspect`: which messages there are, how they came, and what is printed of them.
@Suite struct InspectCommandTests {
  @Test func `a mailbox file is divided where messages begin`() {
    let octets = Array(
      ("From a@b Mon\nFrom: a@b.example\n\nFrom here on it is text\n\nFrom me to you\n\n"
        + "From c@d Tue\nSubject: x\n\ny\n").utf8)
    let messages = MailboxFile.messages(in: octets).map {
      String(decoding: octets[$0].prefix(12), as: UTF8.self)
    }
    #expect(messages == ["From a@b Mon", "From c@d Tue"])
    #expect(MailboxFile.messages(in: Array("Subject: x\n\ny".utf8)) == [0..<13])
  }

  @Test func `a manifest says how messages came`() throws {
    let text =
      "helo\tpath\tnote\tclient_ip\tmail_from\trcpt_to\r\n"
      + "mx.example\tham/a.eml\t?\t192.0.2.1\ta@b.example\tx@y.example,z@y.example\r\n\r\n"
    let folder = URL(fileURLWithPath: "/srv/mails", isDirectory: true)
    let manifest = try InspectionManifest(text, folder: folder)
    #expect(manifest.paths == ["/srv/mails/ham/a.eml"])
    let row = try #require(manifest["/srv/mails/./ham/a.eml"])
    #expect(row.client == "192.0.2.1" && row.helo == "mx.example")
    #expect(row.mailFrom == "a@b.example" && row.recipients == ["x@y.example", "z@y.example"])
    #expect(manifest["/srv/mails/b.eml"] == nil)
  }

  @Test(arguments: [
    ("", "line 1: no column \"path\""), ("file\thelo\n", "line 1: no column \"path\""),
    ("path\thelo\thelo\n", "line 1: the column \"helo\" stands twice"),
    ("path\thelo\n\na.eml\n", "line 3: 1 fields where the first line names 2"),
    ("path\thelo\n\tmx.example\n", "line 2: the path is empty"),
    ("path\na.eml\r\nb.eml\n./a.eml\n", "line 4: ./a.eml stands in line 2 already"),
  ])
  func `a manifest that is wrong says where`(text: String, words: String) {
    let error = #expect(throws: ManifestFault.self) {
      try InspectionManifest(text, folder: URL(fileURLWithPath: "/srv", isDirectory: true))
    }
    #expect(error.map { "\($0)".hasPrefix(words) } == true, "\(String(describing: error))")
  }

  @Test func `an address that is none is told and costs one message what is known of it`() throws {
    let manifest = try InspectionManifest(
      "path\tclient_ip\na.eml\t192.0.\nb.eml\t192.0.2.1\n",
      folder: URL(fileURLWithPath: "/srv", isDirectory: true))
    #expect(manifest.doubts.map(\.line) == [2])
    #expect(manifest.paths == ["/srv/a.eml", "/srv/b.eml"])
  }

  @Test func `answers come in the order of the files`() throws {
    let folder = NSTemporaryDirectory() + "kadomori-inspect-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/b", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for index in 0..<30 {
      let name = "b/\(100 + index).eml"
      try "From: a@b.example\nSubject: \(index)\n\nx\n".write(
        toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    try "MZ is no program".write(toFile: folder + "/a.txt", atomically: true, encoding: .utf8)
    try #require(BuiltProgram.isThere)
    let (output, status) = try run(["inspect", "--json", "--jobs", "2", folder])
    #expect(status == 0)
    let files = try output.split(separator: "\n").map { line -> String in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let keys = Set((object ?? [:]).keys)
      #expect(
        keys == ["file", "verdict", "action", "score", "findings", "milliseconds"], "\(keys)")
      return object?["file"] as? String ?? ""
    }
    #expect(files == [folder + "/a.txt"] + (0..<30).map { folder + "/b/\(100 + $0).eml" })
  }

  @Test func `a file that is not there is told and the rest inspected`() throws {
    let file = NSTemporaryDirectory() + "kadomori-inspect-" + UUID().uuidString + ".eml"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try "From: a@b.example\nDate: Wed, 01 Apr 2026 09:00:00 +0900\n\nx\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    let (output, status) = try run(["inspect", "/nonexistent/a.eml", file])
    #expect(status == 1)
    #expect(output.contains("clean\taccept\t0.0\t\(file)"))
    let (json, _) = try run(["inspect", "--json", file])
    #expect(json.contains("identity.no-envelope") && json.contains("identity.no-dns"))
    #expect(json.contains("SPF, DKIM, ARC, DMARC"))
  }

  private func run(_ words: [String]) throws -> (output: String, status: Int32) {
    let (code, output) = try ChildProgram.run(BuiltProgram.path, words)
    return (output, code)
  }
}
