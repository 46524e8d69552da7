import Policy

/// One setting, declared once: the sample file, the reference page, the checks and the nearest-name
/// hint are all made from this.
package struct SettingDeclaration: Sendable {
  /// Dotted, `*` for a name that the file chooses: `domain.*.route`.
  package let name: String
  package let kind: Kind
  /// As it would stand in the file; nil where the setting must be given or is absent by default.
  package let standard: String?
  package let text: String
  /// Whether a reload takes it up; otherwise a restart does.
  package let isLive: Bool

  package enum Kind: Hashable, Sendable {
    case text
    case texts
    case flag
    case number(ClosedRange<Int>)
    /// `"50MiB"`, or a number of octets.
    case size(ClosedRange<Int>)
    /// `"5m"`, or a number of seconds.
    case duration(ClosedRange<Int>)
    case choice([String])
    /// A text or a list of texts.
    case textOrTexts
  }

  init(_ name: String, _ kind: Kind, _ standard: String?, live: Bool = true, _ text: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.text = text
    isLive = live
  }
}

extension SettingDeclaration {
  /// Policy's actions, as a file spells them.
  private static let actions = Action.allCases.map(\.rawValue)

  private static let ppapActions = ["pass", "mark", "hold", "strip", "refuse"]

  /// Every setting there is.
  package static let all: [SettingDeclaration] = general + identity

  /// Settings of earlier builds, and what stands for them now.
  static let former = ["reports.tls": "reports.from"]

  private static let general: [SettingDeclaration] = [
    .init("hostname", .text, nil, live: false, "Our name in greetings, EHLO and Received; needed."),
    .init(
      "postmaster", .text, nil,
      "Who gets mail for the bare <Postmaster>; by default the first domain's postmaster. With neither, "
        + "it is refused."),
    .init(
      "data-directory", .text, "\"/var/lib/kadomori\"", live: false,
      "Spool and mailboxes live below it."),
    .init(
      "listener.kind", .choice(["mx", "submission", "internal"]), nil, live: false,
      "What the listener is for."),
    .init(
      "listener.address", .text, nil, live: false, "Where it listens: \"0.0.0.0:25\", \"[::]:25\"."),
    .init(
      "listener.tls", .choice(["starttls", "implicit", "none"]), "\"starttls\"", live: false,
      "Whether TLS begins by STARTTLS, with the first octet (port 465), or not at all."),
    .init(
      "listener.proxies", .texts, nil, live: false,
      "Networks of load balancers that must speak the PROXY protocol first."),
    .init(
      "listener.xclient", .texts, nil, live: false,
      "Networks of mail proxies that may say XCLIENT."),
    .init(
      "tls.certificate", .text, nil,
      "PEM file of the certificate chain, leaf first; by default the gate makes its own."),
    .init("tls.key", .text, nil, "PEM file of the certificate's key."),
    .init(
      "tls.minimum", .choice(["1.2", "1.3"]), "\"1.2\"", "The oldest TLS version that is spoken."),
    .init(
      "auth.clear-on-loopback", .flag, "false", live: false,
      "Offers AUTH without TLS on listeners that are bound to loopback."),
    .init(
      "domain.*.route", .text, nil,
      "Where the domain's mail goes: \"maildir:/path/{user}\", \"smtp://host:port\", "
        + "\"lmtp://host:port\" or \"discard\"."),
    .init(
      "domain.*.recipients", .textOrTexts, nil,
      "The local parts that exist, \"file:/path\" with one a line, \"ask\" to ask the next hop, "
        + "or \"any\"."),
    .init(
      "domain.*.when-unreachable", .choice(["defer", "accept"]), "\"defer\"",
      "What a sender hears while the next hop that knows the recipients is down."),
    .init(
      "domain.*.tls", .choice(["opportunistic", "encrypted", "verified"]), "\"opportunistic\"",
      "How much TLS the way to the domain's hosts must have."),
    .init("network.*.addresses", .texts, nil, "Address ranges: [\"10.0.0.16/28\"]."),
    .init(
      "network.*.relays", .flag, "false",
      "Whether its hosts may send anywhere through an internal listener without a login."),
    .init(
      "network.*.hosts", .number(1...1_000_000), nil,
      "How many hosts it has; needed where it relays."),
    .init(
      "outbound.route", .text, "\"mx\"",
      "How mail for everybody else travels: \"smtp://host:port\"."),
    .init(
      "limits.message-size", .size(65_536...2_147_483_647), "\"50MiB\"", live: false,
      "The largest message."),
    .init(
      "outbound.tls", .choice(["opportunistic", "encrypted", "dane", "verified"]),
      "\"opportunistic\"",
      "How much TLS the way to everybody else must have, whatever the recipient's domain wants: as much "
        + "as is offered, always some, proven by DANE, or proven by DANE, MTA-STS or an authority."),
    .init(
      "outbound.dane", .flag, "true",
      "Follows the TLSA records of mail hosts (RFC 7672); needs dns.trust-anchor."),
    .init(
      "outbound.mta-sts", .flag, "true", "Follows the MTA-STS policies of domains (RFC 8461)."),
    .init(
      "outbound.authorities", .text, nil, live: false,
      "PEM file of the authorities that may certify mail hosts and policy hosts; by default those of the "
        + "system."),
    .init(
      "outbound.policy-port", .number(1...65_535), "443", live: false,
      "The port of MTA-STS policy hosts; other than 443 only to try things out."),
    .init(
      "transport.*.tls", .choice(["opportunistic", "encrypted", "dane", "verified"]), nil,
      "How much TLS the way to one foreign domain's mail hosts must have, where outbound.route is "
        + "\"mx\"."),
    .init(
      "outbound.connections", .number(1...1000), "20",
      "Connections to one destination at once; fewer while it is in trouble."),
    .init(
      "outbound.mx-port", .number(1...65_535), "25", live: false,
      "The port of the hosts that the DNS names; other than 25 only to try things out."),
    .init(
      "group.*.sends", .choice(["own", "domains", "any"]), "\"own\"",
      "As whom the group's accounts may send: their own addresses, any of our domains, anyone."),
    .init(
      "rule.listener", .choice(["mx", "submission", "internal"]), nil,
      "The rule is for this kind of listener."),
    .init("rule.network", .text, nil, "The rule is for clients of this named network."),
    .init("rule.authenticated", .flag, nil, "The rule is for clients with, or without, a login."),
    .init(
      "rule.sender", .choice(["null", "account", "own-domain", "foreign"]), nil,
      "The rule is for this class of sender."),
    .init(
      "rule.recipient",
      .choice(["own-user", "unknown-user", "postmaster", "foreign", "literal", "disguised"]), nil,
      "The rule is for this class of recipient."),
    .init(
      "rule.action", .choice(["accept", "refuse"]), nil,
      "What the relay table then says; rules are asked first, and the proof judges them too."),
    .init(
      "inspection.on", .flag, "true", live: false,
      "Whether mail is looked into. Where it is not, it passes with whatever it carries."),
    .init(
      "inspection.processes", .number(1...256), nil, live: false,
      "How many inspectors work at once; by default one a core."),
    .init(
      "inspection.time", .duration(1...600), "\"15s\"", live: false,
      "What one message may take; one that takes more, twice, can't be analysed."),
    .init(
      "inspection.memory", .size(134_217_728...4_294_967_296), "\"256MiB\"", live: false,
      "Memory of one inspector; a message that needs more, twice, can't be analysed."),
    .init(
      "inspection.rules", .text, nil,
      "A folder with rules of one's own (*.toml), asked beside the shipped ones: kadomori rules test "
        + "FOLDER. Changes in it are taken up within seconds; a bad file is refused, and what it said "
        + "before stays on."),
    .init(
      "inspection.yara", .text, nil,
      "A folder with YARA rules (*.yar, *.yara), held against everything that is found in mail: kadomori "
        + "rules check FOLDER. Changes in it are taken up as those of inspection.rules are."),
    .init(
      "inspection.clamd", .text, nil, live: false,
      "Where ClamAV listens: \"/run/clamav/clamd.ctl\" or \"127.0.0.1:3310\"; not asked by default."
    ),
    .init(
      "inspection.scanner-down", .choice(["hold", "mark", "defer"]), "\"hold\"",
      "What is done with mail that carries active content while a scanner can't be asked; other mail is "
        + "marked."),
    .init(
      "verdict.suspicious", .choice(Self.actions), "\"mark\"",
      "What is done with mail that something speaks against."),
    .init(
      "verdict.phishing", .choice(Self.actions), "\"hold\"",
      "What is done with mail that poses as somebody else to get at secrets or money."),
    .init(
      "verdict.spam", .choice(Self.actions), "\"mark\"", "What is done with unwanted advertising."),
    .init(
      "verdict.malicious", .choice(Self.actions), "\"hold\"",
      "What is done with mail that carries what would harm."),
    .init(
      "verdict.unanalysable", .choice(Self.actions), "\"hold\"",
      "What is done with mail that hides something which can't be looked into."),
    .init(
      "verdict.subject-tag", .text, nil,
      "Put in front of the subject of marked mail: \"[注意]\"; nothing by default."),
    .init(
      "decision.direction", .choice(["inbound", "outbound", "internal"]), nil,
      "The decision is for mail that comes from outside, goes there, or stays with us."),
    .init("decision.domain", .text, nil, "The decision is for recipients of this domain."),
    .init("decision.recipient", .text, nil, "The decision is for this recipient."),
    .init(
      "decision.verdict",
      .choice(["clean", "suspicious", "phishing", "spam", "malicious", "unanalysable"]), nil,
      "The decision is for this verdict."),
    .init(
      "decision.finding", .text, nil,
      "The decision is for mail in which this rule found something: \"attachment.executable\", or "
        + "\"attachment.*\" for all below that name."),
    .init(
      "decision.action", .choice(Self.actions), nil,
      "What is then done. Decisions are asked in their order before the verdict's own action."),
    .init(
      "attachment.direction", .choice(["inbound", "outbound", "internal"]), nil,
      "The row is for mail that comes from outside, goes there, or stays with us."),
    .init("attachment.domain", .text, nil, "The row is for recipients of this domain."),
    .init("attachment.recipient", .text, nil, "The row is for this recipient."),
    .init(
      "attachment.class", .textOrTexts, nil,
      "What the files do or are: "
        + AttachmentClass.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        + ". By content, at any depth in archives."),
    .init(
      "attachment.extension", .textOrTexts, nil,
      "How the files' names end: [\"exe\", \"iso\"]. Names are a stranger's word; class and type are not."
    ),
    .init(
      "attachment.type", .textOrTexts, nil,
      "What the files are by content: [\"iso9660\", \"oneNote\"]; kadomori rules list --types prints "
        + "them all."),
    .init(
      "attachment.action", .choice(Self.actions), nil,
      "What is then done. The first row that matches a file decides for it, the severest of all files for "
        + "the message; \"accept\" and \"mark\" do not hold against it what its class is, only what "
        + "else was found."),
    .init(
      "ppap.inbound", .choice(Self.ppapActions), nil,
      "What is done with encrypted attachments from outside, whose password follows in another mail. By "
        + "default one that opens with a password from the sender's mails is judged by what it holds, and "
        + "any other is held until somebody gives the password."),
    .init(
      "ppap.outbound", .choice(Self.ppapActions), nil,
      "The same of what our people send."),
    .init(
      "hold.keep", .duration(3600...315_360_000), "\"30d\"",
      "How long mail that the gate held waits for a person before it is removed."),
    .init(
      "dns.servers", .texts, nil, live: false,
      "Resolvers to ask, \"192.0.2.53\" or \"127.0.0.1@5353\"; by default those of the system."),
    .init(
      "dns.trust-anchor", .text, nil, live: false,
      "File with the root's DNSSEC key; by default /usr/share/dns/root.key of Debian's dns-root-data, "
        + "where the system's resolvers are asked. Without one, or with \"none\", no answer counts as proven."
    ),
    .init(
      "dns.timeout", .duration(1...120), "\"20s\"", live: false, "How long one name may take."),
    .init(
      "status.address", .text, nil, live: false,
      "Where /health and /metrics are served: \"127.0.0.1:2580\"; nowhere by default."),
    .init(
      "log.format", .choice(["text", "json"]), "\"text\"", live: false, "How a log line looks."),
    .init(
      "limits.recipients", .number(100...100_000), "1000", live: false, "Recipients of one message."
    ),
    .init(
      "limits.errors", .number(1...10_000), "50", live: false,
      "Refused commands before a session ends."),
    .init(
      "limits.commands", .number(10...100_000), "100",
      live: false,
      "NOOP, RSET, VRFY and other idle commands between two messages before a session ends."),
    .init(
      "limits.handshake-time", .duration(1...600), "\"30s\"", live: false,
      "For the TLS handshake and the PROXY header."),
    .init(
      "limits.command-time", .duration(1...3600), "\"5m\"", live: false,
      "From one command to the next."),
    .init(
      "limits.content-time", .duration(60...86_400), "\"1h\"", live: false,
      "For the whole content of one message; between two pieces three minutes may pass."),
    .init(
      "limits.session-time", .duration(60...604_800), "\"6h\"", live: false,
      "For a whole session, however busy."),
    .init("limits.connections", .number(1...1_000_000), "20000", "Sessions open at once."),
    .init(
      "limits.connections-per-address", .number(1...1_000_000), "50",
      "Sessions open at once from one address; loopback is not counted."),
    .init(
      "limits.connections-per-network", .number(1...1_000_000), "200",
      "Sessions open at once from one IPv4 /24 or IPv6 /56; loopback is not counted."),
    .init(
      "wire.bare-newline", .choice(["refuse", "normalise"]), "\"refuse\"",
      live: false, "What is done with a bare CR or LF in content."),
    .init(
      "wire.greeting-delay", .number(0...60_000), nil, live: false,
      "Milliseconds before the greeting; who talks meanwhile is refused. By default 100 on mx "
        + "listeners and none on others."),
    .init(
      "retry.first", .duration(1...86_400), "\"5m\"",
      "The wait before the second attempt; it doubles each time."),
    .init(
      "retry.longest", .duration(1...604_800), "\"1h\"", "The longest wait between two attempts."),
    .init(
      "retry.warning", .duration(60...2_592_000), "\"4h\"",
      "How long mail may be late before its sender is told of the delay."),
    .init(
      "journal.keep", .duration(86_400...315_360_000), "\"90d\"",
      "How long the history of finished messages is kept."),
    .init(
      "retry.expiry", .duration(60...2_592_000), "\"5d\"",
      "How long is tried before the sender is told."),
  ]
}
