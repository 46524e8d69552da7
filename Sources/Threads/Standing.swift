import CThread
import Glibc

/// How a thread stands among others where the processors are short.
package enum Standing: Sendable {
  /// Somebody waits for each of its steps, and a step is short: it runs soon and not for long. A kernel's turn
  /// is 3 ms; whoever asks for less at once is let before those whose turn has begun (EEVDF).
  case prompt
  case usual
  /// Nobody waits for it.
  case behind

  /// Nanoseconds of a short turn: of the steps of a message none takes longer.
  private static let turn: UInt64 = 100_000
  /// Niceness, of which on Linux each thread has its own.
  private static let stepsBehind: Int32 = 4

  /// For the calling thread. A kernel that knows no turns (before 6.12) does without.
  package func take() {
    switch self {
    case .prompt: _ = kadomori_thread_turn(Self.turn)
    case .usual: break
    case .behind: _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.stepsBehind)
    }
  }
}
