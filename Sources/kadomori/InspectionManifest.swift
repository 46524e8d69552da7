import ArgumentParser
import Foundation
import Mail

/// What a table of messages may not have, and where that stands.
struct ManifestFault: Error, CustomStringConvertible {
  let line: Int
  let words: String

  var description: String { "line \(line): \(words)" }
}

/// How messages came: a table of fields parted by tabs with a line of names above it.
struct InspectionManifest {
  /// How one message came; empty where the table does not say.
  struct Row: Sendable {
    var client = ""
    var helo = ""
    var mailFrom = ""
    var recipients: [String] = []
    /// In the table; the first is 1.
    var line = 0
  }

  /// In the table's order, as they can be opened.
  private(set) var paths: [String] = []
  /// What is wrong and costs no more than what it says of one message.
  private(set) var doubts: [ManifestFault] = []
  private var rows: [String: Row] = [:]

  private static let columns: Set<String> = ["path", "client_ip", "helo", "mail_from", "rcpt_to"]

  /// Reads the file; a complaint and exit 1 when that can't be done.
  init(path: String) throws {
    let text = String(decoding: try MessageChoice.read(path), as: UTF8.self)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do throws(ManifestFault) {
      try self.init(text, folder: folder)
    } catch {
      complain("\(printable(path)): \(printable("\(error)"))")
      throw ExitCode(1)
    }
    for doubt in doubts { complain("\(printable(path)): \(printable("\(doubt)"))") }
  }

  init(_ text: String, folder: URL) throws(ManifestFault) {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    let names = Self.fields(lines.first ?? "")
    let pathColumn = try Self.pathColumn(names)
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let fields = Self.fields(line)
      func fault(_ words: String) -> ManifestFault { ManifestFault(line: index + 1, words: words) }
      guard fields.count >= names.count else {
        throw fault("\(fields.count) fields where the first line names \(names.count)")
      }
      guard !fields[pathColumn].isEmpty else { throw fault("the path is empty") }
      let path = URL(fileURLWithPath: fields[pathColumn], relativeTo: folder)
      let key = path.standardizedFileURL.path
      if let former = rows[key] {
        throw fault("\(fields[pathColumn]) stands in line \(former.line) already")
      }
      var row = Self.row(fields, names)
      row.line = index + 1
      if !row.client.isEmpty, IPAddress(row.client) == nil {
        doubts.append(fault("\(row.client) is no address; nothing is known of who sent this one"))
      }
      paths.append(path.path)
      rows[key] = row
    }
  }

  private static func pathColumn(_ names: [String]) throws(ManifestFault) -> Int {
    guard let column = names.firstIndex(of: "path") else {
      throw ManifestFault(
        line: 1, words: "no column \"path\": the first line names the columns, parted by tabs")
    }
    var seen: Set<String> = []
    for name in names where columns.contains(name) && !seen.insert(name).inserted {
      throw ManifestFault(line: 1, words: "the column \"\(name)\" stands twice")
    }
    return column
  }

  private static func fields(_ line: Substring) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  private static func row(_ fields: [String], _ names: [String]) -> Row {
    var row = Row()
    for (name, value) in zip(names, fields) {
      switch name {
      case "client_ip": row.client = value
      case "helo": row.helo = value
      case "mail_from": row.mailFrom = value
      case "rcpt_to":
        row.recipients = value.split { $0 == "," || $0 == " " || $0 == ";" }.map(String.init)
      default: break
      }
    }
    return row
  }

  subscript(path: String) -> Row? {
    rows[URL(fileURLWithPath: path).standardizedFileURL.path]
  }
}
