// How a message is built.
extension ShippedRules {
  static let formatText = #"""
    # What honest programs never write, and attackers do to be read in two ways.

    [[rule]]
    id = "format.two-from"
    when = 'count(header.from) > 1'
    weight = 5
    class = "identity"
    ja = "差出人 (From) が複数あり、表示されるものが読む人によって変わります。"
    en = "There are several From fields: who the sender seems to be depends on the reader's program."
    references = ["RFC 5322 §3.6"]
    [[rule.example]]
    matches = true
    mail = ["From: a@example.jp", "From: b@example.com", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: a@example.jp", "", "x"]

    [[rule]]
    id = "format.no-from"
    when = 'not header.from'
    weight = 3
    class = "format"
    ja = "差出人 (From) がありません。"
    en = "There is no From field."
    references = ["RFC 5322 §3.6.2"]
    [[rule.example]]
    matches = true
    mail = ["To: a@example.jp", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: a@example.jp", "", "x"]

    [[rule]]
    id = "format.two-subjects"
    when = 'count(header.subject) > 1'
    weight = 2
    class = "format"
    ja = "件名 (Subject) が複数あります。"
    en = "There are several Subject fields."
    references = ["RFC 5322 §3.6.5"]
    [[rule.example]]
    matches = true
    mail = ["Subject: a", "Subject: b", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["Subject: a", "", "x"]

    [[rule]]
    id = "format.no-date"
    when = 'not header.date and header.from'
    weight = 1
    class = "format"
    ja = "日付 (Date) がありません。"
    en = "There is no Date field."
    references = ["RFC 5322 §3.6.1"]
    [[rule.example]]
    matches = true
    mail = ["From: a@example.jp", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: a@example.jp", "Date: Tue, 1 Apr 2025 12:00:00 +0900", "", "x"]

    [[rule]]
    id = "format.nul"
    when = 'defect in ["nul", "nulInHeader"]'
    weight = 2
    class = "format"
    ja = "本文かヘッダーに NUL 文字があり、そこで読むのをやめる検査をすり抜けます。"
    en = "There are NUL characters, which end the message for some readers and not for others."
    references = ["RFC 5321 §4.5.2"]
    [[rule.example]]
    matches = true
    facts = { defect = "nul" }
    [[rule.example]]
    matches = false
    mail = ["From: a@example.jp", "", "x"]

    [[rule]]
    id = "format.multipart-tricks"
    when = 'ambiguity in ["lastContentType", "lastEncoding", "otherBoundary", "partsAfterEnd", "decodedFirst"]'
    weight = 3
    class = "format"
    ja = "読み方によって中身が変わるように組み立てられたメールです ({ambiguity})。"
    en = "The message is built so that programs read different things in it ({ambiguity})."
    references = ["draft-chen-email-mime-ambiguity-defense"]
    [[rule.example]]
    matches = true
    mail = ["MIME-Version: 1.0", "Content-Type: text/plain", "Content-Type: text/html", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["MIME-Version: 1.0", "Content-Type: text/plain", "", "x"]

    [[rule]]
    id = "format.hiding-charset"
    when = ['charset = "utf-7"', 'body.html matches "<(script|form|iframe|object|embed|svg)"']
    weight = 5
    class = "format"
    ja = "HTMLのスクリプトや入力欄を、検査から隠れる文字コード (UTF-7) で書いています。"
    en = "Scripts or forms of its HTML are written in a charset that hides them from filters (UTF-7)."
    references = ["RFC 2152"]
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/html; charset=utf-7", "", "+ADw-script+AD4-a()+ADw-/script+AD4-"]
    [[rule.example]]
    matches = false
    mail = ["Content-Type: text/html; charset=utf-7", "", "+ADw-p+AD4-Gr+APwA3w-e+ADw-/p+AD4-"]
    [[rule.example]]
    matches = false
    mail = ["Content-Type: text/html; charset=utf-8", "", "<form><input name=q></form>"]
    """#
}
