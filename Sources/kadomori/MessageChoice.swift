import ArgumentParser
import DNS
import Foundation
import Mail

/// `[FILE]` and `--at SECONDS`: which message, and when it came.
struct MessageChoice: ParsableArguments {
  @Argument(help: "The message; standard input without it.") var path: String?
  @Option(help: "When it came, in seconds since 1970; now without it.") var at: Int64?

  var time: Timestamp {
    Timestamp(microseconds: at.map { $0 * 1_000_000 } ?? Int64(Date().timeIntervalSince1970 * 1e6))
  }

  func validate() throws {
    if let at, !(0...1 << 40).contains(at) { throw ValidationError("--at is no time.") }
  }

  func bytes() throws -> [UInt8] {
    guard let path, path != "-" else {
      return Array(try FileHandle.standardInput.readToEnd() ?? Data())
    }
    return try Self.read(path)
  }

  /// Prints a message with fields in front. A file with lines as this system writes them stays one.
  func print(_ fields: [UInt8], before bytes: [UInt8]) {
    let isWire = bytes.firstIndex(of: 0x0A).map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? true
    let output = (isWire ? fields : fields.filter { $0 != 0x0D }) + bytes
    FileHandle.standardOutput.write(Data(output))
  }

  static func read(_ path: String) throws -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      complain("can't read \(path): \(error.localizedDescription)")
      throw ExitCode(1)
    }
  }
}

/// `--zone FILE` and `--server ADDRESS`: which DNS is asked.
struct DNSChoice: ParsableArguments {
  @Option(help: "A zone file that answers instead of the DNS.") var zone: String?
  @Option(
    name: .customLong("server"), help: "A DNS server, 192.0.2.53 or 127.0.0.1@5353; may repeat.")
  var servers: [String] = []

  /// Debian's `dns-root-data`; without it nothing is proved.
  private static let trustAnchor = "/usr/share/dns/root.key"

  func resolver() throws -> any Resolver {
    if let zone {
      let bytes = try MessageChoice.read(zone)
      do throws(ZoneFault) {
        return ZoneResolver(try ZoneParser.parse(bytes))
      } catch {
        complain("\(zone): \(error)")
        throw ExitCode(1)
      }
    }
    var settings = ResolverSettings()
    settings.servers = servers
    if FileManager.default.isReadableFile(atPath: Self.trustAnchor) {
      settings.trustAnchorFile = Self.trustAnchor
    }
    do throws(ResolverFault) {
      return try UnboundResolver(settings)
    } catch {
      complain("\(error)")
      throw ExitCode(1)
    }
  }
}
