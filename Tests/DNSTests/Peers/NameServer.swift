import DNS
import Foundation
import Vectors

/// An nsd of our own on a free port.
struct NameServer {
  private static let program = "/usr/sbin/nsd"
  static let isPresent = FileManager.default.isExecutableFile(atPath: program)

  let port: UInt16
  private let process: ChildProgram
  private let folder: String

  /// Zone files by the names of their zones.
  init(_ zones: [String: String]) throws {
    port = Self.freePort()
    folder = "/tmp/kadomori-nsd-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var configuration = """
      server:
        ip-address: 127.0.0.1@\(port)
        username: ""
        chroot: ""
        zonesdir: "\(folder)"
        database: ""
        pidfile: "\(folder)/nsd.pid"
        xfrdfile: "\(folder)/xfrd"
        zonelistfile: "\(folder)/zone.list"
        logfile: "\(folder)/nsd.log"
      remote-control:
        control-enable: no

      """
    for (name, text) in zones {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
      configuration += "zone:\n  name: \"\(name)\"\n  zonefile: \"\(name)\"\n"
    }
    try configuration.write(toFile: folder + "/nsd.conf", atomically: true, encoding: .utf8)
    process = try ChildProgram(Self.program, ["-d", "-c", folder + "/nsd.conf"])
  }

  /// A resolver that asks it, once it is up.
  func resolver(trustAnchor: String? = nil, zone: String) async throws -> UnboundResolver {
    var settings = ResolverSettings()
    settings.servers = ["127.0.0.1@\(port)"]
    settings.timeoutSeconds = 10
    settings.trustAnchorFile = trustAnchor
    let resolver = try UnboundResolver(settings)
    // By names that nothing caches.
    for attempt in 0..<40 {
      guard let name = DNSName("up\(attempt).\(zone)") else { break }
      let answer = await resolver.records(.a, of: name, within: .seconds(1))
      if case .failure(let failure) = answer, failure.isTemporary { continue }
      break
    }
    return resolver
  }

  func end() {
    process.end()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func freePort() -> UInt16 {
    let handle = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard bind(handle, generic, length) == 0, getsockname(handle, generic, &length) == 0 else {
          return 0
        }
        return UInt16(bigEndian: UnsafeRawPointer(generic).load(fromByteOffset: 2, as: UInt16.self))
      }
    }
  }
}
