import ArgumentParser
import Foundation
import Mail

/// How messages came: a table of fields parted by tabs with a line of names above it.
struct InspectionManifest {
  /// How one message came; empty where the table does not say.
  struct Row: Sendable {
    var client = ""
    var helo = ""
    var mailFrom = ""
    var recipients: [String] = []
  }

  /// In the table's order, as they can be opened.
  private(set) var paths: [String] = []
  private var rows: [String: Row] = [:]

  /// Reads the file; a complaint and exit 1 when that can't be done.
  init(path: String) throws {
    let text = String(decoding: try MessageChoice.read(path), as: UTF8.self)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do throws(SyntaxError) {
      try self.init(text, folder: folder)
    } catch {
      complain("\(path): \(error)")
      throw ExitCode(1)
    }
  }

  init(_ text: String, folder: URL) throws(SyntaxError) {
    let lines = text.split(omittingEmptySubsequences: true) { $0 == "\n" || $0 == "\r\n" }
    let names = Self.fields(lines.first ?? "")
    guard let pathColumn = names.firstIndex(of: "path") else {
      throw SyntaxError(expected: "a first line with the column \"path\"", at: 0)
    }
    for line in lines.dropFirst() {
      let fields = Self.fields(line)
      guard pathColumn < fields.count, !fields[pathColumn].isEmpty else { continue }
      let path = URL(fileURLWithPath: fields[pathColumn], relativeTo: folder)
      paths.append(path.path)
      rows[path.standardizedFileURL.path] = Self.row(fields, names)
    }
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
