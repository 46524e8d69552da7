// Who really sent it: what is judged, what follows, who signs, which lists are asked, which reports go.
extension SettingDeclaration {
  static let identity: [SettingDeclaration] = [
    .init(
      "identity.check", .texts, "[\"mx\", \"internal\"]",
      "Listeners where strangers' mail is judged by SPF, DKIM, DMARC, ARC and the client's name. Mail "
        + "from accounts and from networks that relay is not judged, but signed."),
    .init(
      "identity.name", .text, nil,
      "Our name in Authentication-Results; by default hostname. Fields from outside that bear it are "
        + "taken out."),
    .init(
      "identity.timeout", .duration(1...120), "\"20s\"",
      "For all look-ups of one message; what is not known then is a temporary error and refuses nothing. "
        + "What the domain of From asks for is looked up for five seconds more."),
    .init(
      "identity.dmarc-reject", .choice(IdentitySettings.Action.words), "\"refuse\"",
      "What happens to mail that fails DMARC where the domain asks to reject it."),
    .init(
      "identity.dmarc-quarantine", .choice(IdentitySettings.Action.words), "\"hold\"",
      "What happens to mail that fails DMARC where the domain asks for quarantine."),
    .init(
      "identity.spf-fail", .choice(IdentitySettings.Action.words), "\"mark\"",
      "What happens to mail that fails SPF and that DMARC says nothing of."),
    .init(
      "identity.unclear-from", .choice(IdentitySettings.Action.words), "\"hold\"",
      "What happens to mail whose From names several domains, stands there twice or can't be read, so that "
        + "no domain's DMARC policy covers what readers may see."),
    .init(
      "identity.trusted-forwarders", .texts, nil,
      "Address ranges and names of hosts that hand on others' mail: what fails DMARC from there is only "
        + "marked. A name counts when it leads back to the client."),
    .init(
      "identity.trusted-sealers", .texts, nil,
      "Domains whose ARC seals are believed: mail that one of them found proven is only marked."),
    .init(
      "identity.seal-as", .text, nil,
      "The domain that seals (ARC), with its active DKIM key. Without it strangers' mail is sealed only "
        + "where the gate changes it, as the recipient's domain, if that has a key."),
    .init(
      "domain.*.dkim", .choice(DomainIdentity.Signing.words), "\"sign\"",
      "Whether what our people send from the domain is signed with its active keys. \"require\" puts it "
        + "off while there is none."),
    .init(
      "domain.*.seal", .flag, "false",
      "Whether mail that is handed on to the domain's hosts is sealed (ARC) even where the gate does not "
        + "change it; needs identity.seal-as."),
    .init(
      "blocklist.*.action", .choice(["refuse", "mark"]), "\"mark\"",
      "What happens to strangers whom the list names, the group's name being its zone. Postmasters hear "
        + "of them all the same."),
    .init(
      "blocklist.*.lists", .texts, "[\"ipv4\"]",
      "What the list has: \"ipv4\", \"ipv6\", \"domain\". Known lists need not say it."),
    .init(
      "blocklist.*.codes", .texts, nil,
      "The answers that count, [\"127.0.0.2\"]; by default every one, or what is known of the list."
    ),
    .init(
      "reports.mailbox", .text, nil,
      "Where others send their DMARC, TLS and abuse reports: what arrives is also summed up by kadomori "
        + "report summary."),
    .init(
      "reports.from", .text, nil,
      "Whom our daily reports come from; without it none are collected or sent. They are signed where its "
        + "domain has an active DKIM key."),
    .init(
      "reports.kinds", .texts, "[\"dmarc\", \"tls\"]",
      "Which daily reports are sent to domains that ask for them: \"dmarc\" (RFC 9990), on what came in "
        + "their name, \"tls\" (RFC 8460), on TLS to their hosts."),
    .init(
      "reports.size", .size(65_536...52_428_800), "\"10MiB\"",
      "The largest packed report that is sent."),
  ]
}
