import Foundation
import Glibc

/// A loopback port that is taken and listens to nobody: who connects is refused, whatever other tests
/// bind meanwhile.
final class SilentPort {
  let port: UInt16
  private let descriptor: Int32

  init() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    port = Peer.bound(descriptor)
  }

  func close() { Glibc.close(descriptor) }
}
