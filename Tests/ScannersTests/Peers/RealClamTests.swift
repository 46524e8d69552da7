import Foundation
import Inspection
import Mail
import Testing
import Vectors

@testable import Scanners

/// clamd itself, with a database of two signatures of ours.
@Suite(
  .enabled(if: RealClam.isInstalled, "clamd is not installed (scripts/setup --tests)"), .serialized)
struct RealClamTests {
  @Test func `clamd finds the test signature, in an archive too, and nothing else`() throws {
    let clam = try RealClam()
    defer { clam.stop() }
    let scanner = clam.scanner()
    #expect(scanner.probe().state == .up)
    #expect(scanner.health.version.hasPrefix("ClamAV "))
    func rules(_ text: String) -> [String] {
      scanner.findings(in: Array(text.utf8), by: .now + .seconds(20)).map(\.rule)
    }
    #expect(rules("harmless") == [])
    #expect(rules("x kadomori-test-signature y") == ["malware.clamd"])
    let body = Base64.encode(Array("kadomori-test-signature".utf8))
    let mail = """
      From: a@example.jp\r
      MIME-Version: 1.0\r
      Content-Type: application/octet-stream; name=a.bin\r
      Content-Transfer-Encoding: base64\r
      \r
      \(body)\r

      """
    #expect(rules(mail) == ["malware.clamd"])
    let canary = Canary(.eicar, domain: "gate.example.jp", withScanner: true)
    let found = scanner.findings(in: canary.message, by: .now + .seconds(20)).map(\.rule)
    #expect(canary.missing(in: Set(found + ["malware.eicar"])).isEmpty)
    #expect(scanner.health.malware == 3)
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: RealClam.samples),
      "the package clamav-testfiles is not installed"))
  func `clamd reaches clam exe in Debian's test files, as mail brings them`() throws {
    let clam = try RealClam(streamLimit: "10M")
    defer { clam.stop() }
    let scanner = clam.scanner()
    #expect(scanner.probe().state == .up)
    let names = try FileManager.default.contentsOfDirectory(atPath: RealClam.samples).sorted()
    var missed: [String] = []
    for name in names {
      let file = try Data(contentsOf: URL(fileURLWithPath: RealClam.samples + "/" + name))
      let mail =
        "From: a@example.jp\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: application/octet-stream; name=\(name)\r\n"
        + "Content-Transfer-Encoding: base64\r\n\r\n\(file.base64EncodedString(options: .lineLength76Characters))\r\n"
      let found = scanner.findings(in: Array(mail.utf8), by: .now + .seconds(20)).map(\.rule)
      if !found.contains("malware.clamd") { missed.append("\(name) \(found)") }
    }
    print(
      "clamav-testfiles: clamd reaches clam.exe in \(names.count - missed.count) of \(names.count)")
    #expect(missed.isEmpty, "\(missed)")
  }

  @Test func `a stream beyond clamd's bound is told, and the next one is scanned`() throws {
    let clam = try RealClam()
    defer { clam.stop() }
    let scanner = clam.scanner()
    let large = [UInt8](repeating: 0x61, count: 3 << 20)
    #expect(
      scanner.findings(in: large, by: .now + .seconds(20)).map(\.rule) == ["scanner.too-large"])
    #expect(scanner.findings(in: [1], by: .now + .seconds(20)).isEmpty)
  }
}

/// A clamd of our own on a socket in a folder of its own.
final class RealClam {
  private static let program = "/usr/sbin/clamd"
  static let samples = "/usr/share/clamav-testfiles"
  static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

  private let folder: String
  private let process: ChildProgram

  init(streamLimit: String = "2M") throws {
    folder = FileManager.default.temporaryDirectory.path + "/clamd-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // An MD5 sum with its size, and octets anywhere.
    try """
    44d88612fea8a8f36de82e1278abb02f:68:Test.EICAR
    aa15bcf478d165efd2065190eb473bcb:544:Test.Clam

    """.write(
      toFile: folder + "/test.hdb", atomically: true, encoding: .utf8)
    let hex = "kadomori-test-signature".utf8.map { String(format: "%02x", $0) }.joined()
    try "Test.Kadomori:0:*:\(hex)\n".write(
      toFile: folder + "/test.ndb", atomically: true, encoding: .utf8)
    try """
    Foreground yes
    LocalSocket \(folder)/clamd.ctl
    DatabaseDirectory \(folder)
    TemporaryDirectory \(folder)
    StreamMaxLength \(streamLimit)
    MaxThreads 2
    MaxRecursion 30
    """.write(toFile: folder + "/clamd.conf", atomically: true, encoding: .utf8)
    process = try ChildProgram(Self.program, ["--config-file", folder + "/clamd.conf"])
  }

  /// A scanner whose first probe waits until clamd listens.
  func scanner() -> ClamScanner {
    var settings = ClamScanner.Settings(address: .local(folder + "/clamd.ctl"))
    settings.maximumAgeDays = 100_000
    let scanner = ClamScanner(settings, clock: Now())
    let limit = ContinuousClock.now + .seconds(60)
    while scanner.probe().state != .up, ContinuousClock.now < limit, process.isRunning {
      sched_yield()
    }
    return scanner
  }

  func stop() {
    process.end()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private struct Now: Mail.Clock {
    func now() -> Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }
  }
}
