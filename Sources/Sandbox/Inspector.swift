import CJail
import Glibc
import Inspection
import Mail

/// Why an inspector gave no answer.
package enum InspectorFailure: Error, Hashable, Sendable {
  /// It died, of a signal or by itself; `forbidden` where it asked for what the jail does not give.
  case crashed(String)
  case forbidden
  case late
  case memory
  /// What it answered is no report.
  case garbled

  /// What became of the process.
  var words: String {
    switch self {
    case .crashed(let how): "ended with \(how)"
    case .forbidden: "made a system call that it may not make"
    case .late: "was late"
    case .memory: "had too little memory"
    case .garbled: "said what makes no sense"
    }
  }
}

/// One process and our end of its socket. Used by one thread; the process ends with it.
final class Inspector {
  private let process: pid_t
  private let channel: InspectorChannel
  private let settings: InspectorSettings
  /// Which rules it was given.
  let edition: Int
  private(set) var messages = 0
  private var isOver = false

  /// Starts a process, hands it its rules and waits until it is locked in.
  init(_ settings: InspectorSettings, _ rules: RuleShelf.Edition) throws(NoInspector) {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .notStarted(errno) }
    let words = ["kadomori", InspectorOptions.word] + settings.options.arguments
    var pointers = words.map { strdup($0) } + [nil]
    process = jail_spawn(settings.program, &pointers, ends[1])
    for pointer in pointers { free(pointer) }
    close(ends[1])
    channel = InspectorChannel(socket: ends[0])
    self.settings = settings
    edition = rules.number
    guard process > 0 else {
      close(ends[0])
      throw .notStarted(-process)
    }
    var hello = FrameWriter()
    hello.put(UInt64(rules.file.size))
    if let failure = try hand(hello, rules.file.file) { throw .notReady(failure.words) }
    do throws(InspectorChannel.Failure) {
      let ready = try channel.receive(until: .now + settings.startDeadline)
      guard ready.octets.isEmpty else { throw .garbled }
    } catch {
      throw .notReady(failure(error).words)
    }
  }

  deinit { if process > 0 { end() } }

  /// Hands a message over and waits for the findings. After a failure, of either kind, the process is gone.
  func inspect(
    _ job: InspectionJob
  ) throws(NoInspector) -> Result<InspectionReport, InspectorFailure> {
    messages += 1
    var request = FrameWriter()
    let wanted = InspectionRequest(size: job.message.size, job.submission, job.context)
    request.put(octets: wanted.octets)
    if let failure = try hand(request, job.message.file) { return .failure(failure) }
    do throws(InspectorChannel.Failure) {
      let answer = try channel.receive(until: .now + settings.deadline)
      if answer.file >= 0 { close(answer.file) }
      return report(answer.octets, job.message.size)
    } catch {
      return .failure(failure(error))
    }
  }

  /// Sends; a failure where the process is gone. What the system refuses is thrown, and ends the process.
  private func hand(_ frame: FrameWriter, _ file: CInt) throws(NoInspector) -> InspectorFailure? {
    switch channel.send(frame, file: file) {
    case 0: return nil
    case EPIPE, ECONNRESET: return died()
    case let code:
      end()
      throw .notHandedOver(code)
    }
  }

  private func failure(_ channel: InspectorChannel.Failure) -> InspectorFailure {
    switch channel {
    case .closed: died()
    case .late: ended(.late)
    case .garbled: ended(.garbled)
    }
  }

  private func report(
    _ octets: [UInt8], _ size: Int
  ) -> Result<InspectionReport, InspectorFailure> {
    do throws(SyntaxError) {
      return .success(try ReportFrame.parse(octets[...], size: size))
    } catch {
      return .failure(ended(.garbled))
    }
  }

  private func ended(_ failure: InspectorFailure) -> InspectorFailure {
    end()
    return failure
  }

  /// Closes the socket and kills the process.
  private func end() {
    guard !isOver else { return }
    isOver = true
    close(channel.socket)
    kill(process, SIGKILL)
    _ = jail_wait(process)
  }

  /// It closed the socket, which only its end does: what of?
  private func died() -> InspectorFailure {
    isOver = true
    close(channel.socket)
    // What it ended of is settled when its socket closes; one that lives all the same is not waited for.
    kill(process, SIGKILL)
    let end = jail_wait(process)
    if end.signal == SIGSYS { return .forbidden }
    if end.status == jail_no_memory { return .memory }
    return .crashed(end.signal != 0 ? "signal \(end.signal)" : "status \(end.status)")
  }
}
