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
  /// Every setting there is.
  package static let all: [SettingDeclaration] = [
    .init("hostname", .text, nil, live: false, "Our name in greetings, EHLO and Received; needed."),
    .init("postmaster", .text, nil, "Who gets mail for the bare <Postmaster>."),
    .init(
      "data-directory", .text, "\"/var/lib/kadomori\"", live: false,
      "Spool and mailboxes live below it."),
    .init(
      "listener.kind", .choice(["mx", "submission", "internal"]), nil, live: false,
      "What the listener is for."),
    .init(
      "listener.address", .text, nil, live: false, "Where it listens: \"0.0.0.0:25\", \"[::]:25\"."),
    .init(
      "domain.*.route", .text, nil,
      "Where the domain's mail goes: \"maildir:/path/{user}\", \"smtp://host:port\", "
        + "\"lmtp://host:port\" or \"discard\"."),
    .init("domain.*.recipients", .textOrTexts, nil, "The local parts that exist, or \"any\"."),
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
      "limits.message-size", .size(65_536...2_147_483_647), "\"50MiB\"", "The largest message."),
    .init("limits.recipients", .number(100...100_000), "1000", "Recipients of one message."),
    .init("limits.errors", .number(1...10_000), "50", "Refused commands before a session ends."),
    .init("limits.command-time", .duration(1...3600), "\"5m\"", "From one command to the next."),
    .init("limits.connections", .number(1...1_000_000), "20000", "Sessions open at once."),
    .init(
      "limits.connections-per-address", .number(1...1_000_000), "50",
      "Sessions open at once from one address; loopback is not counted."),
    .init(
      "wire.bare-newline", .choice(["refuse", "normalise"]), "\"refuse\"",
      "What is done with a bare CR or LF in content."),
    .init(
      "wire.greeting-delay", .number(0...60_000), "0", live: false,
      "Milliseconds before the greeting; who talks meanwhile is refused."),
    .init(
      "retry.first", .duration(1...86_400), "\"5m\"",
      "The wait before the second attempt; it doubles each time."),
    .init(
      "retry.longest", .duration(1...604_800), "\"1h\"", "The longest wait between two attempts."),
    .init(
      "retry.expiry", .duration(60...2_592_000), "\"5d\"",
      "How long is tried before the sender is told."),
  ]
}
