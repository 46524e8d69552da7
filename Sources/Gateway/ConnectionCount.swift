import Mail
import Synchronization

/// Sessions that may be open at once.
struct ConnectionLimits: Hashable, Sendable {
  var all: Int
  /// From one address.
  var address: Int
  /// From one neighbourhood: an IPv4 /24 or an IPv6 /56, what one customer or one crowd of machines has.
  var network: Int
}

/// How many sessions are open, in all, from each address and from each neighbourhood.
final class ConnectionCount: Sendable {
  private struct Contents {
    var all = 0
    var byAddress: [IPAddress: Int] = [:]
    var byNetwork: [Network: Int] = [:]
  }
  private let contents = Mutex(Contents())
  /// Sessions that the process can bear, whatever the settings say.
  private let bearable: Int

  init(bearable: Int = DescriptorLimit.sessions) { self.bearable = bearable }

  /// Counts a session in; false when there are too many, and then it is not counted.
  func enter(_ address: IPAddress, _ limits: ConnectionLimits) -> Bool {
    let network = Self.network(address)
    return contents.withLock { contents in
      let own = contents.byAddress[address, default: 0]
      let near = contents.byNetwork[network, default: 0]
      let isOwnFull = own >= limits.address || near >= limits.network
      guard contents.all < min(limits.all, bearable), address.isLoopback || !isOwnFull else {
        return false
      }
      contents.all += 1
      contents.byAddress[address] = own + 1
      contents.byNetwork[network] = near + 1
      return true
    }
  }

  func leave(_ address: IPAddress) {
    let network = Self.network(address)
    contents.withLock { contents in
      contents.all -= 1
      let rest = contents.byAddress[address, default: 1] - 1
      contents.byAddress[address] = rest > 0 ? rest : nil
      let near = contents.byNetwork[network, default: 1] - 1
      contents.byNetwork[network] = near > 0 ? near : nil
    }
  }

  var open: Int { contents.withLock { $0.all } }

  private static func network(_ address: IPAddress) -> Network {
    Network(around: address, v4Length: 24, v6Length: 56)
  }
}
