import ArgumentParser
import Dispatch
@preconcurrency import Foundation
import Sandbox

/// Where the program begins.
///
/// An inspector is alone in its process: it must start before anything makes a thread, so it is told apart
/// here and not by a sub-command.
@main
enum Program {
  static func main() {
    let words = CommandLine.arguments.dropFirst()
    if words.first == InspectorOptions.word {
      guard let options = InspectorOptions(words.dropFirst()) else { exit(64) }
      InspectorProcess.run(options)
    }
    Task { @MainActor in
      await Kadomori.main()
      exit(hasWritten() ? 0 : 1)
    }
    dispatchMain()
  }

  /// Whether all that was printed is where it should go: a disk may be full.
  private static func hasWritten() -> Bool {
    guard fflush(stdout) == 0, ferror(stdout) == 0 else {
      complain(
        "kadomori: not all of the output could be written: \(String(cString: strerror(errno)))")
      return false
    }
    return true
  }
}
