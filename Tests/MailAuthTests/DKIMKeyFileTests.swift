import Foundation
import Mail
import MailAuth
import Testing

@Suite struct DKIMKeyFileTests {
  private let now = DKIMFixtures.now

  private func keys() throws -> [DKIMKeyFile] {
    try DKIMRotation.newKeys(
      try #require(Domain("example.jp")), [.rsa, .ed25519], besides: [], now: now)
  }

  @Test func `a key file says everything about a key and reads as PEM`() throws {
    for key in try keys() {
      let read = try DKIMKeyFile(parsing: Array(key.text.utf8))
      #expect(read.text == key.text)
      #expect(read.key.publicKey == key.key.publicKey)
      #expect(read.state == .waiting)
      #expect(read.since == now)
      #expect(try SignaturePrivateKey(pem: Array(key.text.utf8)).publicKey == key.key.publicKey)
    }
  }

  @Test(arguments: [
    ("state: waiting", "state: busy"), ("domain: example.jp", "domain: example..jp"),
    ("since: 18", "since: x"), ("selector: ", "chooser: "), ("BEGIN PRIVATE", "BEGIN PUBLIC"),
  ])
  func `a key file that says something wrong is refused`(old: String, new: String) throws {
    let text = try keys()[1].text.replacing(old, with: new)
    #expect(throws: SyntaxError.self) { try DKIMKeyFile(parsing: Array(text.utf8)) }
  }

  @Test func `a rotation is make, publish, change, forget`() throws {
    let domain = try #require(Domain("example.jp"))
    guard case .make = DKIMRotation([], now: now, stands: { _ in false }).step else {
      Issue.record("nothing to rotate, so keys are made")
      return
    }
    var keys = try keys()
    let half = DKIMRotation(keys, now: now) { $0.key.type == .rsa }
    guard case .publish(let missing) = half.step else {
      Issue.record("one record is missing")
      return
    }
    #expect(missing.map(\.key.type) == [.ed25519])
    guard case .change(let first) = DKIMRotation(keys, now: now, stands: { _ in true }).step else {
      Issue.record("all records stand")
      return
    }
    #expect(first.map(\.state) == [.active, .active])
    let later = now + 86_400
    let next = try DKIMRotation.newKeys(domain, [.rsa, .ed25519], besides: first, now: later)
    keys = first + next
    guard case .change(let second) = DKIMRotation(keys, now: later, stands: { _ in true }).step
    else {
      Issue.record("the next records stand")
      return
    }
    #expect(second.map(\.state) == [.retired, .retired, .active, .active])
    #expect(DKIMRotation(second, now: later, stands: { _ in true }).forgotten.isEmpty)
    let end = later + DKIMKeyFile.retirementDays * 86_400
    #expect(DKIMRotation(second, now: end, stands: { _ in true }).forgotten.count == 2)
  }

  @Test func `selectors tell the day and are never taken twice`() throws {
    let domain = try #require(Domain("example.jp"))
    let first = try keys()
    #expect(first.map(\.selector.ascii) == ["k20270115-rsa", "k20270115-ed25519"])
    let second = try DKIMRotation.newKeys(domain, [.ed25519], besides: first, now: now)
    #expect(second.map(\.selector.ascii) == ["k20270115-2-ed25519"])
    let own = try DKIMRotation.newKeys(domain, [.ed25519], selector: "mail", besides: [], now: now)
    #expect(own.map(\.selector.ascii) == ["mail"])
    #expect(throws: DKIMKeyFault.self) {
      try DKIMRotation.newKeys(domain, [.ed25519], selector: "mail", besides: own, now: now)
    }
  }

  @Test func `keys lie in private files and are found again`() throws {
    let root = NSTemporaryDirectory() + "kadomori-dkim-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = DKIMKeyFolder(dataDirectory: root)
    #expect(try folder.keys().isEmpty)
    var keys = try keys()
    for key in keys { try folder.write(key) }
    keys[0].become(.active, at: now)
    try folder.write(keys[0])
    let domain = try #require(Domain("example.jp"))
    #expect(try folder.keys(of: domain).map(\.state) == [.waiting, .active])
    for (path, mode) in [
      ("/dkim", 0o700), ("/dkim/example.jp", 0o700), ("/dkim/example.jp/k20270115-rsa.key", 0o600),
    ] {
      let attributes = try FileManager.default.attributesOfItem(atPath: root + path)
      #expect(attributes[.posixPermissions] as? Int == mode)
    }
    try folder.remove(keys[1])
    #expect(try folder.keys().count == 1)
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: root + "/dkim/example.jp/x.key"))
    #expect(throws: DKIMKeyFault.self) { try folder.keys() }
  }

  @Test func `a folder that can't be listed is not empty`() throws {
    let root = NSTemporaryDirectory() + "kadomori-dkim-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    // Rights would not keep root out; a link to itself does.
    try FileManager.default.createSymbolicLink(
      atPath: root + "/dkim", withDestinationPath: root + "/dkim")
    #expect(throws: DKIMKeyFault.self) { try DKIMKeyFolder(dataDirectory: root).keys() }
  }
}
