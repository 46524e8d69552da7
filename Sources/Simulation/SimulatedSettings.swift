import Settings

/// The settings of a simulated gate, as an administrator would write them.
enum SimulatedSettings {
  private static let text = """
    hostname = "gate.example"
    data-directory = "data"
    identity = { check = [] }
    [[listener]]
    kind = "mx"
    address = "[2001:db8::25]:25"
    tls = "none"
    [domain."a.example"]
    route = "smtp://one:25,two:25"
    recipients = "any"
    [domain."b.example"]
    route = "lmtp://one:25"
    recipients = "ask"
    [domain."c.example"]
    route = "maildir:/mail/{user}"
    recipients = "any"
    [outbound]
    route = "smtp://two:25"
    """

  private static let read: GateSettings = {
    do throws(SettingsFaults) {
      return try GateSettings.load(Array(text.utf8))
    } catch {
      preconditionFailure("the simulator's settings are wrong: \(error)")
    }
  }()

  /// With these seconds until a message expires.
  static func settings(expiry: Int) -> GateSettings {
    var settings = read
    settings.retry.first = 10
    settings.retry.longest = 60
    settings.retry.expiry = expiry
    return settings
  }
}
