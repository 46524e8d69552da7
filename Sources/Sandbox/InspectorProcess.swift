import CJail
import Glibc
import Inspection
import Mail

/// The other side of the wall: the process that opens what strangers send.
///
///     start ─▶ take rules, load tables ─▶ lock ─▶ "ready" ─▶ a message, its findings, a message, …
///
/// It holds one socket. After the lock it can ask the system for memory and time and nothing else; it ends
/// when the gate closes the socket.
package enum InspectorProcess {
  /// Exit statuses; the gate shows them.
  private enum Ending {
    static let closed: CInt = 0
    static let garbled: CInt = 65
    static let noJail: CInt = 71
    static let noTables: CInt = 72
    static let noRules: CInt = 73
  }

  /// Runs until the gate is gone.
  package static func run(_ options: InspectorOptions) -> Never {
    let channel = InspectorChannel(socket: CInt(jail_socket))
    guard let inspector = rules(channel)?.inspector else { exit(Ending.noRules) }
    guard inspector.prepare() else { exit(Ending.noTables) }
    guard jail_lock(UInt64(options.memory), UInt32(clamping: options.cpuSeconds)) == 0 else {
      exit(Ending.noJail)
    }
    guard channel.send(FrameWriter()) == 0 else { _exit(Ending.closed) }
    while true {
      guard let received = try? channel.receive(), received.file >= 0 else {
        _exit(Ending.closed)
      }
      guard let request = try? InspectionRequest.parse(received.octets[...]),
        let octets = octets(received.file, request.size)
      else { _exit(Ending.garbled) }
      if options.obeysTests { InspectorMisdeeds.obey(octets) }
      guard answer(octets, request, inspector, channel) else { _exit(Ending.closed) }
    }
  }

  /// The first frame: the size of the file beside it, u64.
  private static func rules(_ channel: InspectorChannel) -> InspectorRules? {
    guard let received = try? channel.receive(), received.file >= 0 else { return nil }
    var reader = FrameReader(received.octets[...])
    guard let size = (try? reader.number(UInt64.self)).flatMap({ Int(exactly: $0) }),
      let octets = octets(received.file, size)
    else { return nil }
    return try? InspectorRules.parse(octets[...])
  }

  /// The octets out of a file that came, which no one can change (`jail_seal`).
  private static func octets(_ file: CInt, _ size: Int) -> [UInt8]? {
    defer { close(file) }
    guard size > 0 else { return [] }
    guard let base = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), base != MAP_FAILED else {
      return nil
    }
    defer { munmap(base, size) }
    return [UInt8](UnsafeRawBufferPointer(start: base, count: size))
  }

  private static func answer(
    _ octets: [UInt8], _ request: InspectionRequest, _ inspector: MessageInspector,
    _ channel: InspectorChannel
  ) -> Bool {
    let start = ContinuousClock.now
    var found = inspector.observations(octets, request.submission, request.context)
    let taken = start.duration(to: .now)
    found.findings = InspectionReport(found.findings, milliseconds: 0).findings
    return channel.send(ReportFrame.writer(found, milliseconds: taken / .milliseconds(1))) == 0
  }
}
