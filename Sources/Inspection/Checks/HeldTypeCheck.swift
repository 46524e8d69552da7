import Mail

/// Messages whose content is elsewhere: in other mails (`message/partial`, RFC 2046 §5.2.2) or on a server
/// (`message/external-body`, §5.2.3). What arrives that way was never inspected, so it is held.
struct HeldTypeCheck: MessageCheck {
  func findings(of specimen: Specimen) -> [Finding] {
    specimen.enclosed.compactMap { leaf in
      switch leaf.reading.contentType.subtype {
      case "partial" where leaf.reading.contentType.type == "message":
        return Self.partial.finding("\(leaf.reading.contentType)", at: leaf.place, path: leaf.path)
      case "external-body" where leaf.reading.contentType.type == "message":
        let parameters = leaf.reading.contentType.parameters
        let target = parameters["url"] ?? parameters["site"] ?? parameters["name"] ?? ""
        return Self.external.finding(target, at: leaf.place, path: leaf.path)
      default: return nil
      }
    }
  }

  private static let partial = Remark(
    "format.partial", .unread, 6,
    ja: "一通のファイルを複数のメールに分割する形式のため、全体を検査できません。",
    en:
      "This is one piece of a message that is split over several mails; the whole can't be inspected."
  )
  private static let external = Remark(
    "format.external-body", .unread, 6,
    ja: "内容がメールの外({})にあり、検査できません。",
    en: "The content lies outside the message ({}) and can't be inspected.")
}
