import ArgumentParser
import Foundation
import Inspection
import Mail
import MailAuth

/// `kadomori rules`: the rules that find what is wrong with a message.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List, check and prove the rules of inspection.",
    discussion: """
      Rules are TOML: a condition over facts, a weight, sentences in Japanese and English, and examples \
      that must and must not fit. Those of a folder stand beside the shipped ones.

      Example: kadomori rules test /etc/kadomori/rules
      """,
    subcommands: [List.self, Test.self, Check.self, Facts.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the rules that are on.",
      discussion: "Example: kadomori rules list /etc/kadomori/rules")

    @Argument(help: "A folder with rules of one's own.") var folder: String?
    @Flag(help: "Print the shipped rules as they are written, to copy from.") var source = false
    @Flag(help: "Print the facts that rules may ask.") var facts = false
    @Flag(help: "Print what files can be by content.") var types = false

    func run() throws {
      if source { return ShippedRules.texts.forEach { print("# \($0.name)\n\($0.text)\n") } }
      if types { return ArtefactKinds.names.forEach { print($0) } }
      if facts { return FactName.declared.forEach { print("\($0.name): \($0.meaning)") } }
      let own = UserRules(rules: folder, yara: folder)
      let library = own.library
      for rule in library.book.rules {
        let force = rule.action.map { " \($0.rawValue)" } ?? ""
        print("\(rule.id)  \(rule.kind.rawValue) \(Int(rule.weight))\(force)  \(rule.file)")
        print("  \(rule.sentence.en)")
      }
      if let yara = own.yara.rules { print("YARA rules: \(yara.count)") }
      try own.complainAboutFaults()
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hold every rule against its own examples; exits 1 if one does not come out.",
      discussion: "Example: kadomori rules test /etc/kadomori/rules")

    @Argument(help: "A folder with rules of one's own.") var folder: String?

    func run() throws {
      let own = UserRules(rules: folder, yara: folder)
      let library = own.library
      try own.complainAboutFaults()
      let (count, misses) = library.book.prove()
      for miss in misses { complain(printable(miss.fault.line)) }
      guard misses.isEmpty else { throw ExitCode(1) }
      let bare = library.book.rules.filter { $0.examples.isEmpty }
      for rule in bare { complain("warning: \(rule.id) has no example") }
      print("proven: \(library.book.rules.count) rules by \(count) examples")
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what is wrong with rule files, TOML and YARA, by line and column.",
      discussion: "Example: kadomori rules check lures.toml /etc/kadomori/yara")

    @Argument(help: "Rule files, and folders of them.") var files: [String]

    func run() throws {
      let paths = files.flatMap(Self.files)
      let faults = paths.flatMap(Self.faults)
      for fault in faults { complain(printable(fault.line)) }
      guard faults.isEmpty else { throw ExitCode(1) }
      print("\(paths.count) rule file(s) right")
    }

    /// A folder's rule files, or the file itself.
    private static func files(_ path: String) -> [String] {
      let endings = RuleLibrary.endings + YaraLibrary.endings
      let names = RuleFiles.names(in: path, endings: endings)
      return names?.map { path + "/" + $0 } ?? [path]
    }

    private static func faults(_ path: String) -> [RuleFault] {
      guard let text = RuleFiles.octets(of: path) else {
        return [RuleFault(file: path, "can't be read")]
      }
      let source = RuleSource(name: path, text: text)
      if YaraLibrary.endings.contains(where: path.hasSuffix) { return YaraRules.faults(of: source) }
      switch RuleFile.read(text, name: path) {
      case .success: return []
      case .failure(let error): return error.faults
      }
    }
  }

  struct Facts: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what rules can ask of a message, and which of them fit.",
      discussion: "Example: kadomori rules facts mail.eml --folder /etc/kadomori/rules")

    @Argument(help: "The message.") var file: String
    @Option(help: "A folder with rules of one's own.") var folder: String?

    func run() throws {
      guard let data = FileManager.default.contents(atPath: file) else {
        complain("\(printable(file)): can't be read")
        throw ExitCode(1)
      }
      var context = FactContext()
      context.suffixes = PublicSuffixList.installed
      let message = Message(Array(data))
      for (name, value) in FactReader.readAll(message, context).all {
        for word in value.words.prefix(20) {
          print("\(name) = \(Finding.printable(word, limit: 150))")
        }
      }
      let library = RuleLibrary(folder: folder)
      for finding in library.book.findings(in: message, context) {
        print("fits \(finding.rule) (\(Int(finding.weight))): \(finding.sentence.en)")
      }
    }
  }
}

extension UserRules {
  /// Tells every fault and ends with 1 if there is one.
  func complainAboutFaults() throws {
    for fault in faults { complain(printable(fault.line)) }
    if !faults.isEmpty { throw ExitCode(1) }
  }
}
