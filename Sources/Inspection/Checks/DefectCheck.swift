import Mail

/// What is wrong with a message's form, as far as that says anything about who made it: programs that
/// people use do not write so, and two readers may see two messages.
///
/// Most defects are everyday mail and weigh nothing; they are not told here (`kadomori message show` does).
struct DefectCheck: MessageCheck {
  func findings(of specimen: Specimen) -> [Finding] {
    var counted: Set<String> = []
    return specimen.message.defects.compactMap { defect in
      guard let remark = Self.remarks[defect.kind], counted.insert(remark.rule).inserted else {
        return nil
      }
      return remark.finding(defect.kind.rawValue, at: specimen.place(defect.place))
    }
  }

  private static let remarks: [Defect.Kind: Remark] = {
    var table: [Defect.Kind: Remark] = [:]
    for (remark, kinds) in groups { for kind in kinds { table[kind] = remark } }
    return table
  }()

  private static let groups: [(Remark, [Defect.Kind])] = [
    (
      Remark(
        "format.two-types", .format, 3,
        ja: "本文の形式を示す項目が重複し、読むソフトによって異なる内容に見えます。",
        en:
          "The fields that say how to read the body are given twice: programs will read different content."
      ),
      [.contentTypeRepeated, .encodingRepeated]
    ),
    (
      Remark(
        "format.boundary", .format, 2,
        ja: "パートの区切りが曖昧で、読むソフトによって異なる分割になります。",
        en:
          "The delimiter between parts is ambiguous: programs will divide the message differently."),
      [.boundaryPrefixed, .boundaryReused, .boundarySyntax]
    ),
    (
      Remark(
        "format.parts-after-end", .format, 3,
        ja: "終わりの区切りより後ろにもパートがあります。一部のソフトだけがそれを表示します。",
        en: "Parts stand behind the closing delimiter: only some programs show them."),
      [.partsAfterEnd]
    ),
    (
      Remark(
        "format.name-forms", .format, 2,
        ja: "添付ファイル名が複数の書き方で与えられ、ソフトによって異なる名前に見えます。",
        en: "A file's name is given in several forms: programs will show different names."),
      [.parameterTwoForms, .parameterGap, .parameterOrder]
    ),
    (
      Remark(
        "format.control-characters", .format, 2,
        ja: "ヘッダーや本文に、通常のメールにはない制御文字(NULや単独のCR)が含まれます。",
        en:
          "Header or body holds control characters (NUL, bare CR) that ordinary mail does not have."
      ),
      [.nulInHeader, .bareCRInHeader, .nul]
    ),
    (
      Remark(
        "format.header", .format, 1,
        ja: "ヘッダーの終わりが曖昧で、読むソフトによって本文の始まりが異なります。",
        en: "Where the header ends is ambiguous: programs will see the body begin elsewhere."),
      [.blankFolding, .strangeHeaderLine, .spaceBeforeColon]
    ),
    (
      Remark(
        "format.repeated-field", .format, 1,
        ja: "一度しか許されないヘッダー項目(差出人や件名など)が重複しています。",
        en: "A field that may stand once (such as From or Subject) is repeated."),
      [.fieldRepeated]
    ),
    (
      Remark(
        "format.encoding", .format, 1,
        ja: "転送エンコードが規格外で、読むソフトによって内容が異なります。",
        en:
          "The transfer encoding is not standard or stands where none may be: programs will differ."
      ),
      [.encodingUnknown, .encodedComposite]
    ),
  ]
}
