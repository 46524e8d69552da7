import Mail
import Synchronization

/// How many sessions are open, in all and from each address.
final class ConnectionCount: Sendable {
  private struct Contents {
    var all = 0
    var byAddress: [IPAddress: Int] = [:]
  }
  private let contents = Mutex(Contents())
  /// Sessions that the process can bear, whatever the settings say.
  private let bearable: Int

  init(bearable: Int = DescriptorLimit.sessions) { self.bearable = bearable }

  /// Counts a session in; false when there are too many, and then it is not counted.
  func enter(_ address: IPAddress, limit: Int, perAddress: Int) -> Bool {
    contents.withLock { contents in
      let own = contents.byAddress[address, default: 0]
      let isOwnFull = !address.isLoopback && own >= perAddress
      guard contents.all < min(limit, bearable), !isOwnFull else { return false }
      contents.all += 1
      contents.byAddress[address] = own + 1
      return true
    }
  }

  func leave(_ address: IPAddress) {
    contents.withLock { contents in
      contents.all -= 1
      let rest = contents.byAddress[address, default: 1] - 1
      contents.byAddress[address] = rest > 0 ? rest : nil
    }
  }

  var open: Int { contents.withLock { $0.all } }
}
