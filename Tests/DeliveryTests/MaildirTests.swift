import Foundation
import Mail
import SMTP
import Spool
import Testing

@testable import Delivery

@Suite struct MaildirTests {
  private let folder = NSTemporaryDirectory() + "kadomori-maildir-" + UUID().uuidString

  /// Delivers `text` under one name, as each attempt at the same recipient does.
  private func deliver(_ text: String) throws {
    let maildir = Maildir(
      template: folder, hostname: "gate.example", files: DiskFileSystem(), folders: DurableFolders()
    )
    var file = try maildir.begin(
      sender: .null, recipient: nil, name: "1", isBinary: false
    ).get()
    #expect(file.write(Array(text.utf8)) == nil)
    #expect(file.finish() == nil)
  }

  private func delivered() throws -> String {
    try String(contentsOfFile: folder + "/new/1.gate.example", encoding: .utf8)
  }

  @Test func `what an attempt before left in tmp is not what arrives`() throws {
    try deliver("a")
    try "a longer text that was cut".write(
      toFile: folder + "/tmp/1.gate.example", atomically: false, encoding: .utf8)
    try deliver("b\r\n")
    #expect(try delivered() == "Return-Path: <>\nb\n")
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `a delivered file that has its old name again is not written to`() throws {
    try deliver("whole\r\n")
    // As after a power cut that took one half of the renaming.
    try FileManager.default.linkItem(
      atPath: folder + "/new/1.gate.example", toPath: folder + "/tmp/1.gate.example")
    let maildir = Maildir(
      template: folder, hostname: "gate.example", files: DiskFileSystem(), folders: DurableFolders()
    )
    var file = try maildir.begin(
      sender: .null, recipient: nil, name: "1", isBinary: false
    ).get()
    #expect(file.write(Array("half".utf8)) == nil)
    #expect(try delivered() == "Return-Path: <>\nwhole\n")
    try FileManager.default.removeItem(atPath: folder)
  }
}
