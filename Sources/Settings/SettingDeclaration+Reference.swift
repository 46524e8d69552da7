extension SettingDeclaration {
  /// The reference page, in Markdown: docs/settings.md is this text.
  package static var reference: String {
    var page = """
      # Settings

      One TOML file. `*` is a name that you choose; `listener`, `rule`, `decision` and `attachment` are lists,
      `[[listener]]`. Sizes are written `"64KiB"`, `"50MiB"`, `"1GiB"`, durations `"15s"`, `"5m"`, `"1h"`, `"30d"`.
      Made by `kadomori settings --markdown`; a test holds this page against the declarations.

      | setting | kind | default | taken up | meaning |
      |---|---|---|---|---|

      """
    for setting in all {
      let standard = setting.standard.map { "`\($0)`" } ?? "none"
      page += "| `\(setting.name)` | \(setting.kind.words) | \(standard) | "
      page += "\(setting.isLive ? "by a reload" : "at the start") | \(setting.text) |\n"
    }
    return page
  }
}
