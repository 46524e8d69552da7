import Glibc

/// Why nobody could look at a message, for no fault of its own: the system gives the gate no memory, file or
/// process now. It says nothing of the message, which is asked for again later and never judged by it.
package enum NoInspector: Error, Hashable, Sendable, CustomStringConvertible {
  /// For a copy of the message, or of the rules.
  case noMemory
  /// With the system's error.
  case notStarted(CInt)
  /// It ended, or was late, before it could take a message.
  case notReady(String)
  /// The system did not pass a message on, with its error.
  case notHandedOver(CInt)
  /// The pool is closed.
  case closed

  package var description: String {
    switch self {
    case .noMemory: "no memory to hand a message to an inspector"
    case .notStarted(let code): "no inspector could be started: \(Self.words(code))"
    case .notHandedOver(let code): "no inspector could be handed a message: \(Self.words(code))"
    case .notReady(let how): "an inspector was started and \(how) before it was ready"
    case .closed: "no inspector runs any more"
    }
  }

  private static func words(_ code: CInt) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
