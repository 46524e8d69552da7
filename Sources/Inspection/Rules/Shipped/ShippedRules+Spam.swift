// Advertising and fraud by words.
extension ShippedRules {
  static let spamText = #"""
    [lists]
    # Words of letters that promise strangers' money.
    fortune = [
      "next of kin", "million dollars", "million us dollars", "million united states dollars", "usd million",
      "beneficiary", "deceased", "inheritance", "atm card", "compensation fund", "diplomatic", "barrister",
      "consignment", "bank draft", "transfer of the fund", "transfer the fund", "unclaimed", "lottery",
      "winning number", "god bless", "foreign remittance", "strictly confidential", "utmost confidence",
      "business proposal", "late husband", "your full name", "sum of us",
    ]

    [[rule]]
    id = "spam.fortune"
    when = ['hits(body.text, @fortune) >= 3', 'not header.list-id', 'not header.in-reply-to']
    weight = 6
    class = "spam"
    ja = "見知らぬ人からの遺産や大金の話を持ちかける、詐欺の決まり文句が並んでいます。"
    en = "It strings together what letters promising strangers' fortunes say."
    [[rule.example]]
    matches = true
    mail = ["", "I am barrister Smith. My deceased client left ten million dollars and no next of kin."]
    [[rule.example]]
    matches = false
    mail = ["", "The charity thanks you for your donation."]

    [[rule]]
    id = "spam.extortion"
    when = [
      'body.text contains ["bitcoin", "btc", "ビットコイン"]',
      'hits(body.text, ["webcam", "web cam", "recorded", "adult site", "adult website", "porn", "masturbat", "trojan", "your contacts", "hacked", "録画", "アダルト", "ハッキング", "連絡先"]) >= 3',
      'hits(body.text, ["hours", "wallet", "時間", "ウォレット", "pay ", "payment", "transfer", "送金"]) >= 1',
      'not header.list-id',
    ]
    weight = 8
    class = "spam"
    ja = "盗撮や侵入をほのめかして暗号資産を要求する、恐喝の決まり文句です。"
    en = "It claims to have spied on the reader and wants cryptocurrency: blackmail by form letter."
    [[rule.example]]
    matches = true
    mail = ["", "I hacked you and recorded you through your webcam. Send bitcoin to this wallet within 48 hours."]
    [[rule.example]]
    matches = false
    mail = ["", "The bitcoin price was recorded over 48 hours."]

    [[rule]]
    id = "spam.invoice-zh"
    when = ['hits(body.text, ["发票", "發票", "代开", "代開", "税点", "可验证"]) >= 2 or hits(subject, ["发票", "發票", "代开"]) >= 1']
    weight = 5
    class = "spam"
    ja = "中国語の領収書売買の広告です。"
    en = "It advertises Chinese invoices for sale."
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", "本公司可代开各类发票"]
    [[rule.example]]
    matches = false
    mail = ["", "invoice"]

    [[rule]]
    id = "spam.search-rank"
    when = [
      'hits(body.text, ["first page of google", "1st page of google", "top of google", "search engine optimi", "seo services", "seo service", "seo package", "backlinks", "guest post", "web design", "mobile app development", "website design", "google ranking", "organic traffic"]) >= 2',
      'not header.list-id or not header.in-reply-to',
    ]
    weight = 5
    class = "spam"
    ja = "検索順位を上げるという売り込みです。"
    en = "It offers search rankings, links or web design."
    [[rule.example]]
    matches = true
    mail = ["", "Our SEO services will bring you to the first page of Google."]
    [[rule.example]]
    matches = false
    mail = ["", "The web design is done."]
    """#
}
