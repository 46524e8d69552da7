import Foundation
import Vectors

/// An nsd of our own that serves zone files of a folder.
struct NameServer {
  let port: UInt16
  private let server: ChildProgram

  /// Writes a zone with SOA, NS and the name server's address in front of `text`.
  static func write(_ text: String, of name: String, in folder: String) throws {
    let head = """
      $ORIGIN \(name).
      $TTL 60
      @ SOA ns hostmaster 1 60 60 60 60
      @ NS ns
      ns A 127.0.0.1

      """
    try (head + text + "\n").write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  /// `files` are names of files in the folder, by their zones.
  init(folder: String, files: KeyValuePairs<String, String>) async throws {
    port = Peer.freePort()
    let zones = files.map { "zone:\n  name: \"\($0)\"\n  zonefile: \"\($1)\"" }
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
      \(zones.joined(separator: "\n"))
      """
    try configuration.write(toFile: folder + "/nsd.conf", atomically: true, encoding: .utf8)
    server = try Peer.start("nsd", ["-d", "-c", folder + "/nsd.conf"], output: folder + "/nsd.out")
    guard await Peer.listens(on: port) else { throw CocoaError(.fileReadUnknown) }
  }

  func end() {
    server.end()
  }
}
