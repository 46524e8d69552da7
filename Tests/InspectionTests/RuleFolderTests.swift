import Foundation
import Testing

@testable import Inspection

/// Folders of rules that change while somebody looks: at no moment may a good rule be lost.
struct RuleFolderTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/rules-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
  }

  private func remove(_ name: String = "") throws {
    try FileManager.default.removeItem(atPath: folder + "/" + name)
  }

  /// Somebody who looks.
  private final class Looker {
    private var rules: UserRules

    init(_ folder: String) { rules = UserRules(yara: folder) }

    func look() -> Bool { rules.refresh() }
    func use(rules other: String? = nil, yara: String) -> Bool {
      rules.use(rules: other, yara: yara)
    }
    var names: [String] { (rules.yara.rules?.names(in: [1]) ?? []).sorted() }
    var faults: [String] { rules.faults.map(\.file) }
  }

  @Test func `a file that is being written keeps its old rules until it is whole`() throws {
    try write("a.yar", "rule old { condition: true }")
    let looker = Looker(folder)
    // What `cp` leaves for a moment is good YARA without a rule.
    try write("a.yar", "")
    #expect(looker.look() == false)
    #expect(looker.names == ["old"])
    try write("a.yar", "rule new { condition: true }\n// half a ")
    #expect(looker.look() == false)
    try write("a.yar", "rule new { condition: true }\nrule more { condition: true }")
    #expect(looker.look() == false)
    #expect(looker.names == ["old"])
    #expect(looker.look())
    #expect(looker.names == ["more", "new"])
    #expect(looker.look() == false)
    try remove()
  }

  @Test func `a file that is replaced by a bad one, and is gone in between, leaves its rules on`()
    throws
  {
    try write("a.yar", "rule old { condition: true }")
    let looker = Looker(folder)
    try remove("a.yar")
    #expect(looker.look() == false)
    try write("a.yar", "rule new { condition: $nothing }")
    #expect(looker.look() == false)
    #expect(looker.look())
    #expect(looker.names == ["old"] && looker.faults == ["a.yar"])
    try remove("a.yar")
    #expect(looker.look() == false)
    #expect(looker.look())
    #expect(looker.names.isEmpty && looker.faults.isEmpty)
    try remove()
  }

  @Test func `who reloads has what is there now`() throws {
    try write("a.yar", "rule old { condition: true }")
    let looker = Looker(folder)
    try write("a.yar", "rule new { condition: true }")
    let hasChanged = looker.use(yara: folder)
    #expect(hasChanged && looker.names == ["new"])
    try remove()
  }

  @Test func `another folder for one kind leaves what is bad in the other on as it was`() throws {
    try write("a.yar", "rule old { condition: true }")
    let looker = Looker(folder)
    try write("a.yar", "rule new { condition: $nothing }")
    #expect(looker.use(yara: folder))
    #expect(looker.use(rules: folder, yara: folder))
    #expect(looker.names == ["old"] && looker.faults == ["a.yar"])
    try remove()
  }

  @Test func `a folder with too many files leaves on what was there`() throws {
    try write("a.yar", "rule old { condition: true }")
    let looker = Looker(folder)
    for number in 0..<RuleFiles.fileLimit { try write("b\(number).yar", "") }
    #expect(looker.use(yara: folder))
    #expect(looker.names == ["old"] && looker.faults == [folder])
    try remove()
  }
}
