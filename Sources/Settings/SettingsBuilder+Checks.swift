import Mail
import TOML

// What single values can't show: whether names, places and files hold together.
extension SettingsBuilder {
  mutating func hostname() -> Domain? {
    guard let name = text(["hostname"]) else {
      if !isGiven(["hostname"]) {
        fault(at: ["hostname"], "hostname = \"mx.example.org\" is needed")
      }
      return nil
    }
    let why: String
    do throws(SyntaxError) {
      // The digits of an address are a domain by the grammar, and no name.
      if IPAddress(name) == nil { return try Domain(parsing: Array(name.utf8)) }
      why = "it is an address; give the name that the DNS has for it"
    } catch {
      why =
        if name.isEmpty {
          "it is empty"
        } else if name.hasSuffix(".") {
          "leave the dot at its end out"
        } else {
          "expected \(error.expected) at byte \(error.offset + 1)"
        }
    }
    fault(at: ["hostname"], "hostname \"\(name)\" is not a domain name: \(why)")
    return nil
  }

  /// Two sockets on one place can't both be bound. Port 0 is a free one each time.
  mutating func checkPlaces(_ listeners: [(String, ListenerSettings?)], _ status: SocketPlace?) {
    var taken: [SocketPlace] = []
    func isTaken(_ place: SocketPlace) -> Bool {
      place.port != 0
        && taken.contains {
          $0.port == place.port
            && ($0.address == place.address || $0.covers(place) || place.covers($0))
        }
    }
    for (index, listener) in listeners {
      guard let place = listener?.place else { continue }
      if isTaken(place) {
        fault(at: ["listener", index, "address"], "\(place) is taken by another listener")
      }
      taken.append(place)
    }
    if let status, isTaken(status) {
      fault(at: ["status", "address"], "\(status) is taken by a listener")
    }
  }

  /// Two spellings of one name: only the first would count.
  mutating func checkDomains(_ names: [String]) {
    var seen: Set<Domain> = []
    for name in names {
      guard let domain = Domain(name), !seen.insert(domain).inserted else { continue }
      fault(at: ["domain", name], "domain \(domain) is given twice, in two spellings")
    }
  }

  /// `192.0.2.53`, `2001:db8::53` or either with `@port`.
  mutating func checkResolvers() {
    guard case .array(let nodes) = node(["dns", "servers"])?.value else { return }
    for node in nodes {
      let text = node.value.text ?? ""
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      let hasPort = parts.count == 2 && UInt16(parts[1]).map { $0 > 0 } == true
      guard IPAddress(parts[0]) == nil || !(parts.count == 1 || hasPort) else { continue }
      fault(
        at: node.position,
        "dns.servers: \"\(text)\" is not an address such as \"192.0.2.53\" or \"127.0.0.1@5353\"")
    }
  }

  /// Octets of the directory's path: `sun_path` of unix(7) has 108, the end's NUL and
  /// `/control/socket` are among them.
  static let dataDirectoryLimit = 92

  mutating func checkDataDirectory() {
    let path = ["data-directory"]
    guard let text = text(path) else { return }
    if text.isEmpty { fault(at: path, "data-directory is empty") }
    if text.utf8.count > Self.dataDirectoryLimit {
      fault(
        at: path,
        "data-directory has \(text.utf8.count) octets, and the control socket below it can't be made "
          + "beyond \(Self.dataDirectoryLimit); name a shorter one")
    }
  }

  mutating func checkCertificate(_ judge: (TLSSettings) -> String?) {
    let tls = tlsSettings
    if (tls.certificate == nil) != (tls.key == nil) {
      fault(at: ["tls"], "tls.certificate and tls.key go together")
    } else if tls.certificate != nil, let why = judge(tls) {
      fault(at: ["tls", "certificate"], why)
    }
  }
}

extension SocketPlace {
  /// Whether it is every address of the other's family.
  fileprivate func covers(_ other: SocketPlace) -> Bool {
    address.octets.count == other.address.octets.count && address.octets.allSatisfy { $0 == 0 }
  }
}
