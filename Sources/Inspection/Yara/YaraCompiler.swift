import CYara
import TOML

/// A variable that rules may use besides their own: `filename` and `extension` of what is scanned.
package enum YaraVariable: Sendable {
  case text(String, String)
  case number(String, Int64)
  case flag(String, Bool)
  case real(String, Double)

  package static func ofItem(_ name: String, _ suffix: String) -> [YaraVariable] {
    [.text("filename", printable(name)), .text("extension", printable(suffix))]
  }

  /// A NUL would end it for libyara.
  private static func printable(_ text: String) -> String { Finding.printable(text, limit: 200) }
}

/// Compiles files of rules, and keeps what is wrong with them.
final class YaraCompiler {
  private var compiler: UnsafeMutablePointer<YR_COMPILER>?
  private(set) var faults: [RuleFault] = []
  private(set) var warnings: [RuleFault] = []
  private var file = ""

  /// Faults of one file that are told.
  private static let faultLimit = 50

  init(_ variables: [YaraVariable]) {
    guard yr_compiler_create(&compiler) == ERROR_SUCCESS, let compiler else { return }
    // No file brings in another: what is read is what the folder shows.
    yr_compiler_set_include_callback(compiler, nil, nil, nil)
    for variable in variables {
      switch variable {
      case .text(let name, let value):
        _ = yr_compiler_define_string_variable(compiler, name, value)
      case .number(let name, let value):
        _ = yr_compiler_define_integer_variable(compiler, name, value)
      case .flag(let name, let value):
        _ = yr_compiler_define_boolean_variable(compiler, name, value ? 1 : 0)
      case .real(let name, let value):
        _ = yr_compiler_define_float_variable(compiler, name, value)
      }
    }
  }

  deinit { if let compiler { yr_compiler_destroy(compiler) } }

  func add(_ source: RuleSource) {
    file = source.name
    guard let compiler else { return note(1, "YARA does not start") }
    // What is no C string to libyara would be read in part only.
    guard !source.text.contains(0) else { return note(1, "the file has a NUL in it") }
    let context = Unmanaged.passUnretained(self).toOpaque()
    yr_compiler_set_callback(
      compiler,
      { level, _, line, _, message, user in
        guard let user, let message else { return }
        let compiler = Unmanaged<YaraCompiler>.fromOpaque(user).takeUnretainedValue()
        compiler.note(Int(line), String(cString: message), isError: level == 0)
      }, context)
    let text = source.text.map { CChar(bitPattern: $0) } + [0]
    let count = yr_compiler_add_string(compiler, text, source.name)
    if count > 0, faults.isEmpty { note(1, "the file has \(count) faults") }
  }

  private func note(_ line: Int, _ message: String, isError: Bool = true) {
    let fault = RuleFault(
      file: file, position: TOMLPosition(line: max(1, line), column: 1),
      message: Finding.printable(message, limit: 200))
    if !isError {
      warnings.append(fault)
    } else if faults.count < Self.faultLimit {
      faults.append(fault)
    }
  }

  /// Nil when something was wrong.
  func rules() -> UnsafeMutablePointer<YR_RULES>? {
    guard let compiler, faults.isEmpty else { return nil }
    var rules: UnsafeMutablePointer<YR_RULES>?
    let code = yr_compiler_get_rules(compiler, &rules)
    guard code == ERROR_SUCCESS else {
      note(1, "the files can't be put together: libyara's error \(code)")
      return nil
    }
    return rules
  }
}
