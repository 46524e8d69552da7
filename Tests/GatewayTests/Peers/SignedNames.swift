import Foundation

/// A name server with one zone that was signed a moment ago, and one that was not.
struct SignedNames {
  /// For `dns.trust-anchor`.
  let anchor: String
  private let server: NameServer
  var port: UInt16 { server.port }

  static let isPresent = Peer.has("nsd", "ldns-signzone", "ldns-keygen")

  /// `forged` is changed in the signed zone behind the signer's back.
  init(
    folder: String, signed: (name: String, text: String), plain: (name: String, text: String),
    forged: (from: String, to: String)? = nil
  ) async throws {
    for zone in [signed, plain] { try NameServer.write(zone.text, of: zone.name, in: folder) }
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
    server = try await NameServer(
      folder: folder, files: [signed.name: "\(signed.name).signed", plain.name: plain.name])
  }

  func end() { server.end() }
}
