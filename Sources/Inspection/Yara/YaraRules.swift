import CYara

/// Users' YARA rules, compiled once and held against everything that inspection comes upon.
///
/// Compiling opens files and scanning does not, so an inspector compiles before it locks itself in. A rule
/// may say in its `meta` what it weighs (`weight`, 0 to 20), and what people are told (`ja`, `en`).
package final class YaraRules: @unchecked Sendable {
  // Sendable: compiled rules are read only, and each scan has a scanner of its own (libyara's manual,
  // "Scanning data").
  private let compiled: UnsafeMutablePointer<YR_RULES>?
  package let count: Int

  /// Findings of one scan: rules that fit everything are told a few times.
  static let findingLimit = 20
  /// Seconds that one scan may take; libyara counts in whole ones.
  static let timeout: Int32 = 5

  /// Compiles the files that are right; what is wrong with the others is told with its line. Files may
  /// not include others.
  package static func compile(
    _ sources: [RuleSource], variables: [YaraVariable] = YaraVariable.ofItem("", "")
  ) -> (rules: YaraRules, faults: [RuleFault]) {
    var faults: [RuleFault] = []
    let good = sources.filter { source in
      let found = Self.faults(of: source, variables: variables)
      faults += found
      return found.isEmpty
    }
    let (rules, more) = together(good, variables: variables)
    return (rules, faults + more)
  }

  /// What is wrong with one file. After an error a compiler is of no more use, so each is tried by itself.
  package static func faults(
    of source: RuleSource, variables: [YaraVariable] = YaraVariable.ofItem("", "")
  ) -> [RuleFault] {
    _ = isReady
    let compiler = YaraCompiler(variables)
    compiler.add(source)
    return compiler.faults
  }

  /// Files that are right by themselves as one set; no rules where they are not right together.
  static func together(
    _ sources: [RuleSource], variables: [YaraVariable] = YaraVariable.ofItem("", "")
  ) -> (rules: YaraRules, faults: [RuleFault]) {
    _ = isReady
    let compiler = YaraCompiler(variables)
    for source in sources { compiler.add(source) }
    return (YaraRules(compiler.rules()), compiler.faults)
  }

  /// libyara's own start: once, before anything else.
  private static let isReady = yr_initialize() == ERROR_SUCCESS

  private init(_ compiled: UnsafeMutablePointer<YR_RULES>?) {
    self.compiled = compiled
    count = Int(compiled?.pointee.num_rules ?? 0)
  }

  deinit { if let compiled { yr_rules_destroy(compiled) } }

  // MARK: To another process

  /// The compiled rules for another process of this program; empty where there are none. While they are
  /// written nobody may scan with them: libyara turns its pointers into numbers and back.
  package var octets: [UInt8] {
    guard let compiled, count > 0 else { return [] }
    var sink: [UInt8] = []
    let code = withUnsafeMutablePointer(to: &sink) { pointer in
      var stream = YR_STREAM(
        user_data: pointer, read: nil,
        write: { octets, size, count, user in
          guard let octets, let sink = user?.assumingMemoryBound(to: [UInt8].self) else {
            return 0
          }
          sink.pointee += UnsafeRawBufferPointer(start: octets, count: size * count)
          return count
        })
      return yr_rules_save_stream(compiled, &stream)
    }
    return code == ERROR_SUCCESS ? sink : []
  }

  /// What `octets` of our own program say; nil when they are not whole.
  package convenience init?(octets: [UInt8]) {
    _ = Self.isReady
    var compiled: UnsafeMutablePointer<YR_RULES>?
    var rest = octets[...]
    let code = withUnsafeMutablePointer(to: &rest) { pointer in
      var stream = YR_STREAM(
        user_data: pointer,
        read: { target, size, count, user in
          guard let rest = user?.assumingMemoryBound(to: ArraySlice<UInt8>.self), size > 0 else {
            return 0
          }
          let items = min(count, rest.pointee.count / size)
          target?.copyMemory(
            from: Array(rest.pointee.prefix(items * size)), byteCount: items * size)
          rest.pointee.removeFirst(items * size)
          return items
        }, write: nil)
      return yr_rules_load_stream(&stream, &compiled)
    }
    guard code == ERROR_SUCCESS, let compiled else { return nil }
    self.init(compiled)
  }

  // MARK: Scanning

  /// What fits; a scan that took too long or matched too much is a finding, too.
  package func findings(
    in octets: [UInt8], name: String = "", suffix: String = "", place: Range<Int>? = nil,
    path: String? = nil
  ) -> [Finding] {
    guard let compiled, count > 0 else { return [] }
    let (hits, error) = scan(compiled, octets, YaraVariable.ofItem(name, suffix))
    let found = hits.map { hit in
      Finding(
        hit.rule, .malware, weight: hit.weight, evidence: hit.name, place: place, path: path,
        hit.sentence)
    }
    switch error {
    case Int32(ERROR_SUCCESS): return found
    case Int32(ERROR_SCAN_TIMEOUT): return found + [Self.bound("time", place, path)]
    default: return found + [Self.bound("error \(error)", place, path)]
    }
  }

  /// The names of the rules that fit.
  func names(in octets: [UInt8]) -> [String] {
    guard let compiled else { return [] }
    return scan(compiled, octets, []).hits.map(\.name)
  }

  private func scan(
    _ compiled: UnsafeMutablePointer<YR_RULES>, _ octets: [UInt8], _ variables: [YaraVariable]
  ) -> (hits: [YaraHit], error: Int32) {
    var scanner: UnsafeMutablePointer<YR_SCANNER>?
    guard yr_scanner_create(compiled, &scanner) == ERROR_SUCCESS, let scanner else {
      return ([], Int32(ERROR_INSUFFICIENT_MEMORY))
    }
    defer { yr_scanner_destroy(scanner) }
    for case .text(let name, let value) in variables {
      _ = yr_scanner_define_string_variable(scanner, name, value)
    }
    yr_scanner_set_timeout(scanner, Self.timeout)
    // Handlers for faults of mapped files would need system calls, and memory has no such faults.
    yr_scanner_set_flags(
      scanner, SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_FAST_MODE)
    var hits = YaraHits()
    let error = withUnsafeMutablePointer(to: &hits) { pointer in
      yr_scanner_set_callback(
        scanner,
        { _, message, data, user in
          guard message == CALLBACK_MSG_RULE_MATCHING, let data,
            let hits = user?.assumingMemoryBound(to: YaraHits.self)
          else { return CALLBACK_CONTINUE }
          return hits.pointee.add(data.assumingMemoryBound(to: YR_RULE.self))
        }, pointer)
      return octets.withUnsafeBufferPointer {
        yr_scanner_scan_mem(scanner, $0.baseAddress, $0.count)
      }
    }
    return (hits.all, error)
  }

  private static func bound(_ what: String, _ place: Range<Int>?, _ path: String?) -> Finding {
    Finding(
      "yara.bound", .unread, weight: 3, evidence: what, place: place, path: path,
      Sentence(
        ja: "YARA 規則との照合を最後まで行えませんでした。",
        en: "Holding the YARA rules against it did not come to its end."))
  }
}

/// One rule that fits.
struct YaraHit {
  let name: String
  let rule: String
  let weight: Double
  let sentence: Sentence
}

/// Collects what libyara reports.
private struct YaraHits {
  private(set) var all: [YaraHit] = []

  /// What a rule without `weight` weighs: worth a look, not yet malicious.
  private static let weight: Int64 = 6

  mutating func add(_ rule: UnsafeMutablePointer<YR_RULE>) -> Int32 {
    guard all.count < YaraRules.findingLimit else { return CALLBACK_ABORT }
    let name = String(cString: yara_rule_name(rule))
    let weight = max(0, min(20, yara_meta_number(rule, "weight", Self.weight)))
    let shown = Finding.printable(name, limit: 80)
    all.append(
      YaraHit(
        name: name, rule: "yara." + Self.ruleName(name), weight: Double(weight),
        sentence: Sentence(
          ja: Self.text(rule, "ja") ?? "YARA 規則「\(shown)」に一致します。",
          en: Self.text(rule, "en") ?? "It fits the YARA rule “\(shown)”.")))
    return CALLBACK_CONTINUE
  }

  private static func text(_ rule: UnsafeMutablePointer<YR_RULE>, _ name: String) -> String? {
    yara_meta_text(rule, name).map { Finding.printable(String(cString: $0), limit: 400) }
  }

  /// `Emotet_2022` as `emotet_2022`.
  private static func ruleName(_ name: String) -> String {
    String(name.lowercased().prefix(60))
  }
}

/// Holds YARA rules against everything that is come upon.
package struct YaraCheck: ContentCheck {
  private let rules: YaraRules

  package init(_ rules: YaraRules) { self.rules = rules }

  package func findings(of item: Item) -> [Finding] {
    let name = item.path.split(separator: "/").last.map(String.init) ?? ""
    return rules.findings(
      in: item.octets, name: name, suffix: item.suffix, place: item.place, path: item.path)
  }
}
