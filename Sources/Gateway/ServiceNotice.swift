import Glibc

/// Tells systemd how the service is (sd_notify(3)): one datagram to the socket that it named.
package enum ServiceNotice: String {
  case ready = "READY=1"
  case reloading = "RELOADING=1"
  case stopping = "STOPPING=1"

  /// Does nothing where no service manager asked to be told.
  package func send() {
    guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }) else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { raw in
      raw.copyBytes(from: bytes)
      // An abstract socket's name begins with NUL, written as @.
      if bytes.first == 0x40 { raw[0] = 0 }
    }
    let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard handle >= 0 else { return }
    defer { close(handle) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    _ = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        sendto(handle, rawValue, rawValue.utf8.count, Int32(MSG_NOSIGNAL), generic, length)
      }
    }
  }
}
