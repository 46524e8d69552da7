package import Inspection

// What the gate says of a message that no inspector could judge: it is held, and people hear why.
extension InspectorFailure {
  package var report: InspectionReport { InspectionReport([finding], milliseconds: 0) }

  var finding: Finding {
    Finding(rule, .unread, weight: 6, evidence: evidence, sentence)
  }

  /// For a message whose second try went well.
  var recovered: Finding {
    Finding(
      "inspector.retried", .scanner, weight: 0, evidence: rule,
      Sentence(
        ja: "検査プロセスが一度失敗し、新しいプロセスでの再検査は成功しました。",
        en: "An inspector failed once; a fresh one inspected the message."))
  }

  private var rule: String {
    switch self {
    case .crashed, .garbled: "inspector.crashed"
    case .forbidden: "inspector.forbidden"
    case .late: "inspector.timeout"
    case .memory: "inspector.memory"
    }
  }

  private var evidence: String {
    switch self {
    case .crashed(let how): how
    case .garbled: "no report came back"
    case .forbidden: "a system call that inspectors may not make"
    case .late, .memory: ""
    }
  }

  private var sentence: Sentence {
    switch self {
    case .crashed, .garbled:
      Sentence(
        ja: "このメールを検査するプロセスが二度とも異常終了したため、検査できていません。",
        en: "The process that inspects this message crashed twice; the message is not inspected.")
    case .forbidden:
      Sentence(
        ja: "検査中のプロセスが禁止された操作を試みたため、強制終了しました。"
          + "検査プログラムを狙った攻撃の可能性があります。",
        en: "The process that inspects this message tried what it may not do and was killed: "
          + "perhaps an attack on the inspector itself.")
    case .late:
      Sentence(
        ja: "検査が制限時間内に終わらなかったため、検査できていません。",
        en: "Inspecting this message took longer than allowed; it is not inspected.")
    case .memory:
      Sentence(
        ja: "検査に必要なメモリが上限を超えたため、検査できていません。",
        en: "Inspecting this message took more memory than allowed; it is not inspected.")
    }
  }
}
