import Glibc

/// How many inspectors there are, and what one message may cost.
package struct InspectorSettings: Sendable {
  /// One a core: inspecting waits for nothing.
  package var processes: Int
  /// A process is replaced after so many messages: what one of them left in it does not stay.
  package var messagesPerProcess = 500
  /// For one message, by the clock. The worst that tests know takes 2 s alone on a slow machine.
  package var deadline = Duration.seconds(15)
  /// Until a new process is ready.
  package var startDeadline = Duration.seconds(30)
  /// Address space for one message.
  package var memory = 256 << 20
  /// Messages that are taken over from those who wait, as a multiple of `processes`; each is a copy in
  /// memory. Everybody else waits with what he has.
  package var admitted = 4
  package var obeysTests = false
  /// The program that has the sub-command `inspector`: ours.
  package var program = "/proc/self/exe"

  package init() { processes = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

  var options: InspectorOptions {
    var options = InspectorOptions()
    options.memory = memory
    // Never less than the gate's clock allows.
    let seconds = Int(deadline.components.seconds) + 1
    options.cpuSeconds = min(seconds * (messagesPerProcess + 1), 1 << 30)
    options.obeysTests = obeysTests
    return options
  }
}
