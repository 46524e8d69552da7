import Foundation

/// How far a long command is, on standard error where that is a terminal; elsewhere nothing.
final class ProgressBar {
  private let total: Int
  private var done = 0
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var lastDrawn: ContinuousClock.Instant?

  private static let width = 30
  private static let interval = Duration.milliseconds(100)

  /// `total` is asked only when the bar is shown.
  init(total: () -> Int) {
    isShown = isatty(STDERR_FILENO) == 1
    self.total = isShown ? total() : 0
  }

  func advance() {
    done += 1
    guard isShown, total > 1 else { return }
    let now = ContinuousClock.now
    if let lastDrawn, lastDrawn.duration(to: now) < Self.interval, done < total { return }
    lastDrawn = now
    draw()
  }

  /// Prints a line where the bar would stand in its way, if both go to one terminal.
  func around(_ print: () -> Void) {
    let isInTheWay = isShown && lastDrawn != nil && isatty(STDOUT_FILENO) == 1
    if isInTheWay { erase() }
    print()
    if isInTheWay {
      fflush(nil)
      draw()
    }
  }

  func end() { if isShown, lastDrawn != nil { erase() } }

  private func draw() {
    let part = min(1, Double(done) / Double(max(total, 1)))
    let full = Int(part * Double(Self.width))
    let bar =
      String(repeating: "█", count: full)
      + String(repeating: "░", count: Self.width - full)
    let seconds = max(start.duration(to: .now) / .seconds(1), 0.001)
    let rate = Int(Double(done) / seconds)
    write("\r\(bar) \(done)/\(total)  \(rate)/s ")
  }

  private func erase() { write("\r\u{1B}[K") }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
