package import TOML

/// One thing wrong with a settings file: where, what, and what may have been meant.
package struct SettingsFault: Error, Hashable, Sendable {
  package let position: TOMLPosition
  package let message: String

  package init(position: TOMLPosition, message: String) {
    self.position = position
    self.message = message
  }

  /// `kadomori.toml:3:1: unknown setting …`.
  package func line(in path: String) -> String { "\(path):\(position): \(message)" }
}

/// Everything wrong with a file, in its order.
package struct SettingsFaults: Error, Sendable {
  package let faults: [SettingsFault]

  package init(faults: [SettingsFault]) {
    self.faults = faults.sorted {
      ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
    }
  }
}
