import CJail

/// What an inspector that was started for tests does when a message tells it to: `X-Misdeed: open` as
/// the first line.
enum InspectorMisdeeds {
  private static let field = "X-Misdeed: "

  static func obey(_ octets: [UInt8]) {
    let line = String(decoding: octets.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    guard line.hasPrefix(field) else { return }
    switch line.dropFirst(field.count) {
    case "open": jail_misbehave(jail_open)
    case "connect": jail_misbehave(jail_connect)
    case "fork": jail_misbehave(jail_fork)
    case "exec": jail_misbehave(jail_exec)
    case "write": jail_misbehave(jail_write)
    case "execute-memory": jail_misbehave(jail_execute_memory)
    case "trace": jail_misbehave(jail_trace)
    case "kill": jail_misbehave(jail_kill)
    case "crash": _ = UnsafePointer<UInt8>(bitPattern: 8)?.pointee
    case "loop": loop()
    case "hog": hog()
    case "lie": lie()
    default: break
    }
  }

  private static func loop() {
    var turns: UInt64 = 1
    while turns != 0 { turns = turns | 1 &+ 2 }
  }

  /// Takes memory until there is none.
  private static func hog() {
    var kept: [[UInt8]] = []
    while true { kept.append([UInt8](repeating: UInt8(kept.count & 0xFF), count: 1 << 20)) }
  }

  /// An answer that is none.
  private static func lie() {
    var writer = FrameWriter()
    for _ in 0..<40 { writer.put(UInt64.max) }
    _ = InspectorChannel(socket: CInt(jail_socket)).send(writer)
  }
}
