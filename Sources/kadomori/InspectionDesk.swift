import Foundation
import Inspection
import Mail
import Sandbox

/// Takes files one after another, has a few inspected at once, and prints the answers in the files' order.
struct InspectionDesk {
  let pool: InspectorPool
  let identity: IdentityDesk
  let json: Bool

  /// One message: where it stands and what it is.
  private struct Entry: Sendable {
    let name: String
    let path: String
    let octets: [UInt8]?
    let submission: Submission
  }

  /// False when a file could not be read, or not be inspected.
  func inspect(_ list: FileList, atOnce: Int) async -> Bool {
    let progress = ProgressBar(total: { list.count })
    var isWhole = true
    await withTaskGroup(of: (Int, Entry, InspectionReport?).self) { group in
      var printer = OrderedPrinter()
      var entries = list.lazy.flatMap { Self.entries($0) }.makeIterator()
      var (next, running) = (0, 0)
      while true {
        // The window keeps one slow message from holding up an endless number of answers.
        while running < atOnce, printer.waiting < Self.windowLimit, let entry = entries.next() {
          let index = next
          next += 1
          running += 1
          group.addTask { (index, entry, await report(entry)) }
        }
        guard let (index, entry, report) = await group.next() else { break }
        running -= 1
        progress.advance()
        if report == nil { isWhole = false }
        printer.print(index, report.map { line(entry, $0, progress) }, progress)
      }
    }
    progress.end()
    return isWhole
  }

  /// Answers that may wait for an earlier one.
  private static let windowLimit = 1000

  private static func entries(_ path: String) -> [Entry] {
    guard let octets = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
      complain("can't read \(printable(path))")
      return [Entry(name: path, path: path, octets: nil, submission: .mail)]
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let messages = MailboxFile.messages(in: octets)
    guard messages.count > 1 else {
      return [Entry(name: path, path: path, octets: octets, submission: .file(name: name))]
    }
    return messages.enumerated().map { index, range in
      Entry(
        name: "\(path)#\(index + 1)", path: path, octets: Array(octets[range]), submission: .mail)
    }
  }

  private func report(_ entry: Entry) async -> InspectionReport? {
    guard let octets = entry.octets else { return nil }
    let (findings, context) = await identity.judge(octets, at: entry.path)
    do {
      return try await pool.inspect(octets, entry.submission, context).adding(findings)
    } catch {
      complain("can't inspect \(printable(entry.name)): \(error)")
      return nil
    }
  }

  private func line(
    _ entry: Entry, _ report: InspectionReport, _ progress: ProgressBar
  ) -> String {
    let line = InspectionLine(file: entry.name, report)
    return json ? line.json : line.text
  }
}
