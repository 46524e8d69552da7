import Inspection

/// What clamd's answers mean, as findings.
enum ClamFindings {
  static func of(_ outcome: ScanOutcome) -> [Finding] {
    switch outcome {
    case .reply(.found(let name)): [found(name)]
    case .reply(.tooLarge): [tooLarge]
    case .reply(.clean): []
    case .fault(.timeout): [slow]
    case .reply(.error(let text)): [failed(text)]
    default: [down]
    }
  }

  /// What must be said beside a scan of a scanner that is not well, though it answered.
  static func of(_ health: ScannerHealth) -> [Finding] {
    switch health.state {
    case .stale: [stale(health.reason)]
    case .blind: [blind]
    default: []
    }
  }

  /// A signature's name. Its first word tells what it is: `PUA.` is unwanted software, `Heuristics.` a
  /// guess or a bound that was hit.
  private static func found(_ name: String) -> Finding {
    if name.hasPrefix("Heuristics.Limits.") {
      return Finding(
        "scanner.limits", .unread, weight: 3, evidence: name,
        Sentence(
          ja: "ウイルス検査の上限に達し、最後まで検査できませんでした。",
          en: "The virus scanner hit a bound and did not look at all of it."))
    }
    if name.hasPrefix("Heuristics.Encrypted.") {
      return Finding(
        "scanner.encrypted", .unread, weight: 2, evidence: name,
        Sentence(
          ja: "暗号化されていて、ウイルス検査ができません。",
          en: "It is encrypted, and the virus scanner can't look inside."))
    }
    let isGuess = name.hasPrefix("PUA.") || name.hasPrefix("Heuristics.")
    return Finding(
      isGuess ? "malware.clamd-guess" : "malware.clamd",
      name.hasPrefix("Heuristics.Phishing.") ? .phishing : .malware, weight: isGuess ? 6 : 20,
      evidence: name,
      Sentence(
        ja: "ウイルス検査 (ClamAV) が「\(Finding.printable(name, limit: 80))」を検出しました。",
        en: "The virus scanner (ClamAV) found “\(Finding.printable(name, limit: 80))”."))
  }

  private static func trouble(_ rule: String, _ evidence: String, ja: String, en: String) -> Finding
  {
    Finding(rule, .scanner, weight: 0, evidence: evidence, Sentence(ja: ja, en: en))
  }

  static let tooLarge = trouble(
    "scanner.too-large", "", ja: "大きすぎるため、ウイルス検査ができませんでした。",
    en: "It is too large for the virus scanner.")
  static let slow = trouble(
    "scanner.slow", "", ja: "ウイルス検査が時間内に終わりませんでした。",
    en: "The virus scanner did not answer in time.")
  static let down = trouble(
    "scanner.down", "", ja: "ウイルス検査プログラムに接続できませんでした。",
    en: "The virus scanner could not be asked.")
  static let blind = trouble(
    "scanner.blind", "", ja: "ウイルス検査プログラムが試験用ファイルを検出できません。定義が壊れています。",
    en: "The virus scanner does not find the test file: its signatures are broken.")

  private static func failed(_ text: String) -> Finding {
    trouble(
      "scanner.error", text, ja: "ウイルス検査プログラムがエラーを返しました。",
      en: "The virus scanner answered with an error.")
  }

  private static func stale(_ reason: String) -> Finding {
    trouble(
      "scanner.stale", reason, ja: "ウイルス検査の定義が古くなっています。",
      en: "The virus scanner's signatures are old.")
  }
}
