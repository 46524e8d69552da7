import Mail
import SMTP
import Spool

/// What a notice says to people: Japanese first where it was written for, English beside it.
struct NoticeText {
  let notice: Notice

  /// A sentence in both languages.
  struct Sentence {
    let japanese: String
    let english: String
  }

  var subject: String {
    switch notice.kind {
    case .failed: "Your message could not be delivered / メールを配送できませんでした"
    case .delayed: "Your message is delayed / メールの配送が遅れています"
    case .delivered: "Your message was delivered / メールを配送しました"
    case .relayed: "Your message was passed on / メールを転送しました"
    }
  }

  var bytes: [UInt8] {
    var lines: [String] = []
    let opening = opening
    lines += [opening.english, opening.japanese, ""]
    for entry in notice.entries.prefix(Self.entryLimit) {
      lines.append("  \(entry.recipient.path.mailbox.map { "\($0)" } ?? "postmaster")")
      let advice = advice(for: entry.status)
      lines += ["    \(advice.english)", "    \(advice.japanese)"]
      if let reply = entry.reply {
        let host = entry.remote?.split(separator: " ").first.map(String.init) ?? "the server"
        lines += Self.wrapped("\(host) said: \(Notice.words(of: reply))").map { "    " + $0 }
      } else if !entry.text.isEmpty {
        lines += Self.wrapped(entry.text).map { "    " + $0 }
      }
      lines.append("")
    }
    if notice.entries.count > Self.entryLimit {
      lines.append("  ... \(notice.entries.count - Self.entryLimit) more below")
    }
    lines += ["-- ", "\(notice.hostname), \(notice.now.mailDate), message \(notice.about.id)"]
    return Array(lines.map(Self.clean).joined(separator: "\r\n").utf8)
  }

  /// Recipients that are described in words; the fields for programs name all.
  private static let entryLimit = 50

  private var opening: Sentence {
    switch notice.kind {
    case .failed:
      Sentence(
        japanese: "次の宛先にメールを配送できませんでした。これ以上の再送は行いません。",
        english: "Your message could not be delivered to the following. It will not be tried again."
      )
    case .delayed:
      Sentence(
        japanese: "次の宛先への配送が遅れています。自動的に再送しますので、送り直す必要はありません。",
        english: "Your message is delayed. It is being tried again; you need not send it again.")
    case .delivered:
      Sentence(japanese: "次の宛先にメールを配送しました。", english: "Your message was delivered to:")
    case .relayed:
      Sentence(
        japanese: "配送通知を行わないサーバーにメールを渡しました。",
        english: "Your message was passed on to a server that sends no notices:")
    }
  }

  /// What the sender may do, by the enhanced status (RFC 3463 §3).
  private func advice(for status: EnhancedStatus) -> Sentence {
    if notice.kind == .delivered || notice.kind == .relayed {
      return Sentence(japanese: "配送済みです。", english: "Done.")
    }
    if notice.kind == .delayed {
      return Sentence(
        japanese: "\(notice.expiresAt.mailDate) まで再送します。",
        english: "It is tried until \(notice.expiresAt.mailDate).")
    }
    switch (status.subject, status.detail) {
    case (1, 2), (4, 4):
      return Sentence(
        japanese: "宛先のドメインが見つかりません。@ の右側の綴りを確かめてください。",
        english: "The domain does not exist or takes no mail. Check what stands right of the @.")
    case (1, 10):
      return Sentence(
        japanese: "このドメインはメールを受け取りません。", english: "This domain takes no mail at all.")
    case (1, _):
      return Sentence(
        japanese: "宛先のアドレスが存在しません。綴りを確かめてください。",
        english: "There is no such address. Check its spelling.")
    case (2, 2):
      return Sentence(
        japanese: "宛先のメールボックスがいっぱいです。別の方法で知らせてください。",
        english: "The mailbox is full. Tell the person some other way.")
    case (2, 3), (3, 4):
      return Sentence(
        japanese: "メールが大きすぎます。添付ファイルを別の方法で渡してください。",
        english: "The message is too large. Hand the attachment over some other way.")
    case (4, 6):
      return Sentence(
        japanese: "メールが同じ所を回っています。管理者に知らせてください。",
        english: "The message went round in circles. Tell your administrator.")
    case (4, _):
      return Sentence(
        japanese: "期限内に相手のサーバーに届きませんでした。後で送り直してください。",
        english: "The server could not be reached in time. Send it again later.")
    case (7, _):
      return Sentence(
        japanese: "相手のサーバーの方針により拒否されました。下の説明を管理者に見せてください。",
        english: "The server's policy refused it. Show your administrator the words below.")
    default:
      return Sentence(
        japanese: "相手のサーバーが拒否しました。", english: "The other server refused the message.")
    }
  }

  /// Columns of a line of a server's words.
  private static let columns = 72

  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.utf8.count + word.utf8.count >= columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word.prefix(500)
    }
    return lines + [line]
  }

  /// One line without control characters.
  private static func clean(_ line: String) -> String {
    var clean = ""
    clean.unicodeScalars.append(
      contentsOf: line.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 })
    return clean
  }
}
