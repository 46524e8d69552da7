import Foundation

/// An nsd of our own with one zone that was signed a moment ago, and one that was not.
struct SignedNames {
  let port: UInt16
  /// For `dns.trust-anchor`.
  let anchor: String
  private let server: Process

  static let isPresent = Peer.has("nsd", "ldns-signzone", "ldns-keygen")

  /// Both zones get SOA, NS and the name server's address by themselves.
  /// `forged` is changed in the signed zone behind the signer's back.
  init(
    folder: String, signed: (name: String, text: String), plain: (name: String, text: String),
    forged: (from: String, to: String)? = nil
  ) async throws {
    port = Peer.freePort()
    for zone in [signed, plain] {
      let head = """
        $ORIGIN \(zone.name).
        $TTL 60
        @ SOA ns hostmaster 1 60 60 60 60
        @ NS ns
        ns A 127.0.0.1

        """
      try (head + zone.text + "\n").write(
        toFile: "\(folder)/\(zone.name)", atomically: true, encoding: .utf8)
    }
    let made = try Peer.run(
      "sh", ["-c", "cd \(folder) && ldns-keygen -a ED25519 -k \(signed.name)"])
    let key = made.output.split(separator: "\n").last.map(String.init) ?? ""
    anchor = "\(folder)/\(key).key"
    let signing = try Peer.run(
      "sh", ["-c", "cd \(folder) && ldns-signzone -e 20370101000000 \(signed.name) \(key)"])
    guard signing.code == 0 else { throw CocoaError(.fileWriteUnknown) }
    if let forged {
      let path = "\(folder)/\(signed.name).signed"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacing(forged.from, with: forged.to)
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    let configuration = """
      server:
        ip-address: 127.0.0.1@\(port)
        username: ""
        database: ""
        zonesdir: "\(folder)"
        pidfile: "\(folder)/nsd.pid"
        xfrdfile: "\(folder)/xfrd"
        zonelistfile: "\(folder)/zone.list"
        logfile: "\(folder)/nsd.log"
      remote-control:
        control-enable: no
      zone:
        name: "\(signed.name)"
        zonefile: "\(signed.name).signed"
      zone:
        name: "\(plain.name)"
        zonefile: "\(plain.name)"
      """
    try configuration.write(toFile: folder + "/nsd.conf", atomically: true, encoding: .utf8)
    server = try Peer.start("nsd", ["-d", "-c", folder + "/nsd.conf"], output: folder + "/nsd.out")
    guard await Peer.listens(on: port) else { throw CocoaError(.fileReadUnknown) }
  }

  func end() {
    server.terminate()
    server.waitUntilExit()
  }
}
