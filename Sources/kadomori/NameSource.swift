import ArgumentParser
import DNS
import Foundation

/// Where a command that checks mail takes names from: `--zone FILE`, so that a case can be tried
/// without a network, or the servers of `--dns`, or those of the system.
struct NameSource: ParsableArguments {
  @Option(help: "Answer every name from this zone file.")
  var zone: String?

  @Option(
    name: .customLong("dns"),
    help: "A server to ask, 192.0.2.53 or 127.0.0.1@5353; by default those of the system.")
  var servers: [String] = []

  @Option(
    name: .customLong("trust-anchor"),
    help:
      "File with the root's DNSSEC key; by default that of Debian's dns-root-data, if installed.")
  var trustAnchor: String?

  private static let usualTrustAnchor = "/usr/share/dns/root.key"

  /// Prints what is wrong with the file or the servers.
  func resolver() throws -> any Resolver {
    if let zone { return ZoneResolver(try Self.load(zone)) }
    var settings = ResolverSettings()
    settings.servers = servers
    let hasUsual = FileManager.default.isReadableFile(atPath: Self.usualTrustAnchor)
    settings.trustAnchorFile = trustAnchor ?? (hasUsual ? Self.usualTrustAnchor : nil)
    do {
      return try UnboundResolver(settings)
    } catch {
      complain("\(error)")
      throw ExitCode(1)
    }
  }

  private static func load(_ path: String) throws -> Zone {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      complain("can't read \(path): \(error.localizedDescription)")
      throw ExitCode(1)
    }
    do throws(ZoneFault) {
      return try ZoneParser.parse(bytes)
    } catch {
      complain("\(path): \(error)")
      throw ExitCode(1)
    }
  }
}
