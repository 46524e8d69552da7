// Who a message says it is from, held against what else it says.
extension ShippedRules {
  static let identityText = #"""
    [lists]
    freemail = [
      "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
      "yahoo.co.jp", "aol.com", "gmx.com", "gmx.de", "gmx.net", "mail.ru", "yandex.ru", "yandex.com",
      "protonmail.com", "proton.me", "icloud.com", "qq.com", "163.com", "126.com", "mail.com",
      "zoho.com", "tutanota.com", "consultant.com", "yahoo.com.hk", "inbox.lv", "naver.com",
      "outlook.jp", "hotmail.co.jp",
    ]

    [[rule]]
    id = "identity.name-shows-other-address"
    when = ['from.name.organization != from.organization', 'not reply_to.organization = from.name.organization']
    weight = 5
    class = "phishing"
    ja = "差出人の表示名には {from.name.domain} のアドレスがありますが、実際の差出人は {from.address} です。"
    en = "The sender's name shows an address of {from.name.domain}, but the sender is {from.address}."
    references = ["DMARC §9.4 (RFC 7489): display name attacks"]
    [[rule.example]]
    matches = true
    mail = ['From: "info@bank.example.jp" <x@mail.example.cn>', "", "x"]
    [[rule.example]]
    matches = false
    mail = ['From: "info@bank.example.jp" <info@bank.example.jp>', "", "x"]
    [[rule.example]]
    matches = false
    mail = ['From: "Taro" <taro@example.jp>', "", "x"]

    [[rule]]
    id = "identity.reply-to-freemail"
    when = ['reply_to.domain in @freemail', 'not from.domain in @freemail', 'reply_to.organization != from.organization', 'not header.list-id']
    weight = 3
    class = "identity"
    ja = "差出人は {from.domain} ですが、返信は誰でも作れる無料アドレス {reply_to.address} に届きます。"
    en = "It comes from {from.domain}, but replies go to {reply_to.address}, which anybody can register."
    [[rule.example]]
    matches = true
    mail = ["From: ceo@example.co.jp", "Reply-To: ceo.example@gmail.com", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: a@example.co.jp", "Reply-To: b@example.co.jp", "", "x"]

    [[rule]]
    id = "identity.two-freemails"
    when = ['reply_to.domain in @freemail', 'from.domain in @freemail', 'reply_to.address != from.address', 'reply_to.domain != from.domain', 'not header.list-id']
    weight = 3
    class = "identity"
    ja = "返信先 {reply_to.address} は差出人 {from.address} とは別の無料アドレスです。"
    en = "Replies go to {reply_to.address}, another free address than the sender's {from.address}."
    [[rule.example]]
    matches = true
    mail = ["From: a@gmail.com", "Reply-To: b@yahoo.com", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: a@gmail.com", "Reply-To: a@gmail.com", "", "x"]

    [[rule]]
    id = "identity.claims-recipient"
    when = ['from.organization = envelope.to.domain', 'auth.dmarc != "pass"', 'auth.spf in ["fail", "softfail", "none"]']
    weight = 4
    class = "phishing"
    ja = "受信者と同じ {from.domain} を名乗りますが、そこから送られたと確認できません。"
    en = "It claims to be from {from.domain}, the recipient's own domain, and can't prove it."
    [[rule.example]]
    matches = true
    facts = { "from.organization" = "example.jp", "envelope.to.domain" = "example.jp", "auth.dmarc" = "fail", "auth.spf" = "softfail" }
    [[rule.example]]
    matches = false
    facts = { "from.organization" = "example.jp", "envelope.to.domain" = "example.jp", "auth.dmarc" = "pass", "auth.spf" = "none" }
    [[rule.example]]
    matches = false
    facts = { "from.organization" = "example.jp", "envelope.to.domain" = "example.jp" }
    """#
}
