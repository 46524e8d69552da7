import ArgumentParser
import Dispatch
import Foundation
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
      exit(0)
    }
    dispatchMain()
  }
}
