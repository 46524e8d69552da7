import Accounts
import DNS
import Delivery
import Foundation
import Gateway
import Mail
import Settings

/// A whole gate on free loopback ports in a folder of its own, ended and removed by `close`.
final class TestGate: Sendable {
  let folder: String
  let gate: Gate
  let running: Task<Void, Never>
  /// Tests that wait for a socket take up Swift's own threads; a gate must not depend on them.
  private static let threads = BlockingPool(threads: 4)

  /// The built program: inspectors are started from it, since the test run is none.
  static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/debug/kadomori").path

  /// `extra` is put behind the standard settings, the last of which are `[outbound]`'s. Without a
  /// greeting delay hundreds of sessions are quick; nil leaves the gate its own. `mx` and `domain` go into
  /// the tables of that listener and of example.test; `resolver` takes the DNS's place; `inspects`
  /// has mail looked into, `inspection` stands in that table, with `{folder}` for the gate's own; `prepare`
  /// puts into the folder what must be there at the start. Inspectors are started from `program`.
  init(
    outbound: String = "discard", greetingDelay: Int? = 0, messageSize: Int = 100_000,
    mx: String = "", domain: String = "", resolver: (any Resolver)? = nil, inspects: Bool = false,
    inspection: String = "", program: String = TestGate.program, _ extra: String = "",
    prepare: (String) throws -> Void = { _ in }
  ) async throws {
    folder = NSTemporaryDirectory() + "kadomori-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = """
      hostname = "gate.example.test"
      data-directory = "\(folder)"
      [[listener]]
      kind = "mx"
      address = "127.0.0.1:0"
      \(mx)
      [[listener]]
      kind = "internal"
      address = "127.0.0.1:0"
      tls = "none"
      [[listener]]
      kind = "submission"
      address = "127.0.0.1:0"
      [domain."example.test"]
      route = "maildir:\(folder)/maildir/{user}"
      recipients = ["postmaster", "alice", "bob", "odd%name"]
      \(domain)
      [network.here]
      addresses = ["127.0.0.1"]
      relays = true
      hosts = 1
      [wire]
      \(greetingDelay.map { "greeting-delay = \($0)" } ?? "")
      [auth]
      clear-on-loopback = true
      [limits]
      message-size = \(messageSize)
      recipients = 100
      errors = 20
      [inspection]
      on = \(inspects)
      processes = 1
      \(inspection.replacingOccurrences(of: "{folder}", with: folder))
      [outbound]
      route = "\(outbound)"
      \(extra)
      """
    try prepare(folder)
    let gate = try await Gate.open(
      try GateSettings.load(Array(text.utf8)), resolver: resolver, program: program)
    self.gate = gate
    // What the command line does beside a running gate.
    let store = try AccountStore.open(path: folder + "/accounts.sqlite")
    let address = Mailbox("alice@example.test")
    try store.add(
      Account(name: "alice", addresses: [address].compactMap(\.self)), password: "correct horse")
    running = Task(executorPreference: Self.threads) { await gate.run() }
  }

  /// The port of a listener: `mx`, `internal` or `submission`.
  func port(_ kind: String) -> UInt16 {
    let place = gate.places.first { $0.hasPrefix(kind + " ") } ?? ""
    return UInt16(place.split(separator: ":").last ?? "") ?? 0
  }

  /// The octets of every message that has arrived in a user's mailbox.
  func mailbox(_ user: String) -> [Data] {
    let new = "\(folder)/maildir/\(user)/new"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: new)) ?? []
    return names.compactMap { FileManager.default.contents(atPath: "\(new)/\($0)") }
  }

  func close() async {
    await gate.stop()
    await running.value
    await gate.close()
    try? FileManager.default.removeItem(atPath: folder)
  }
}
