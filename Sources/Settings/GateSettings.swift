package import Mail
package import Relay
package import SMTP

/// The settings of one gate, checked. Made only from a file without faults.
package struct GateSettings: Sendable {
  package var hostname: String
  package var dataDirectory = "/var/lib/kadomori"
  package var listeners: [ListenerSettings] = []
  package var policy: RelayPolicy
  package var limits = SessionLimits()
  package var wire = WireRules()
  package var commandSeconds = 300
  package var greetingDelayMilliseconds = 0
  package var connections = 20_000
  package var connectionsPerAddress = 50
  package var retry = RetrySettings()
}

/// One listener.
package struct ListenerSettings: Sendable {
  package var kind: ListenerKind
  package var address: IPAddress
  package var port: UInt16
}

/// When delivery is tried again. Seconds.
package struct RetrySettings: Hashable, Sendable {
  package var first = 300
  package var longest = 3600
  package var expiry = 5 * 86_400

  package init() {}
}
