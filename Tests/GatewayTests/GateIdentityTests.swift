import Foundation
import Mail
import Settings
import Testing
import Transport

@testable import Gateway

@Suite struct GateIdentityTests {
  private struct At: Clock {
    let seconds: Int64
    func now() -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }
  }

  private let today: Int64 = 1_800_000_000

  private func settings(_ folder: String, _ more: String = "") throws -> GateSettings {
    let text = "hostname = \"gate.example.test\"\ndata-directory = \"\(folder)\"\n" + more
    return try GateSettings.load(Array(text.utf8))
  }

  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "kadomori-identity-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  @Test func `the own certificate is made once, kept, and made anew when it ends`() throws {
    let folder = try folder()
    let first = try GateIdentity(settings: settings(folder), clock: At(seconds: today)).load()
    let again = try GateIdentity(settings: settings(folder), clock: At(seconds: today + 1)).load()
    #expect(again.isSame(as: first))
    let key = folder + "/tls/own-key.pem"
    let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let late = first.expiresAt.seconds + 1
    let next = try GateIdentity(settings: settings(folder), clock: At(seconds: late)).load()
    #expect(!next.isSame(as: first))
    #expect(next.expiresAt.seconds > late)
  }

  @Test func `half of an own certificate, as a crash may leave it, is made anew`() throws {
    let folder = try folder()
    let first = try GateIdentity(settings: settings(folder), clock: At(seconds: today)).load()
    try "".write(toFile: folder + "/tls/own-certificate.pem", atomically: false, encoding: .utf8)
    let next = try GateIdentity(settings: settings(folder), clock: At(seconds: today)).load()
    #expect(!next.isSame(as: first))
    let again = try GateIdentity(settings: settings(folder), clock: At(seconds: today)).load()
    #expect(again.isSame(as: next))
  }

  @Test func `an expired certificate of the settings is named with the remedy`() throws {
    let folder = try folder()
    let made = try OwnCertificate(
      hostname: "gate.example.test", now: At(seconds: 1_000_000_000).now())
    try made.certificate.write(toFile: folder + "/c", atomically: true, encoding: .utf8)
    try made.key.write(toFile: folder + "/k", atomically: true, encoding: .utf8)
    let given = try settings(
      folder, "[tls]\ncertificate = \"\(folder)/c\"\nkey = \"\(folder)/k\"")
    let failure = #expect(throws: GateIdentity.Failure.self) {
      _ = try GateIdentity(settings: given, clock: At(seconds: today)).load()
    }
    #expect(failure?.description.contains("expired on 2011-09-") == true)
    #expect(failure?.description.contains("renew it") == true)
  }

  @Test func `a key that does not fit and a file that is absent are told apart`() throws {
    let folder = try folder()
    let one = try OwnCertificate(hostname: "a.example", now: At(seconds: today).now())
    let other = try OwnCertificate(hostname: "a.example", now: At(seconds: today).now())
    #expect(throws: TLSFault.self) {
      _ = try TLSIdentity(certificate: one.certificate, key: other.key, minimum: .tls12)
    }
    #expect(throws: TLSFault.noCertificate) {
      _ = try TLSIdentity(certificate: "", key: one.key, minimum: .tls12)
    }
    let given = try settings(folder, "[tls]\ncertificate = \"/absent\"\nkey = \"/absent\"")
    let failure = #expect(throws: GateIdentity.Failure.self) {
      _ = try GateIdentity(settings: given, clock: At(seconds: today)).load()
    }
    #expect(failure?.description == "can't read /absent: No such file or directory")
  }
}
