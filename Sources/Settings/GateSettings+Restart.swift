import Policy

// What a reload can't take up: an administrator must hear of it, or believes that it holds.
extension GateSettings {
  /// The settings, by name, that differ from those the gate was started with and wait for a restart.
  package func waitingForRestart(since start: GateSettings) -> [String] {
    let pairs: [(name: String, now: String, then: String)] = [
      ("hostname", hostname, start.hostname),
      ("data-directory", dataDirectory, start.dataDirectory),
      ("listener", "\(listeners)", "\(start.listeners)"),
      (
        "auth.clear-on-loopback", "\(offersClearAuthOnLoopback)",
        "\(start.offersClearAuthOnLoopback)"
      ),
      ("dns", "\(dns)", "\(start.dns)"),
      ("status.address", "\(status as Any)", "\(start.status as Any)"),
      ("log.format", "\(logsJSON)", "\(start.logsJSON)"),
      ("outbound.mx-port", "\(mxPort)", "\(start.mxPort)"),
      (
        "outbound.authorities and policy-port",
        "\(transport.authorities ?? "") \(transport.policyPort)",
        "\(start.transport.authorities ?? "") \(start.transport.policyPort)"
      ),
      ("inspection", "\(startedInspection)", "\(start.startedInspection)"),
      ("wire", "\(wire)", "\(start.wire)"),
      (
        "limits of sessions", "\(limits) \(stageSeconds)", "\(start.limits) \(start.stageSeconds)"
      ),
    ]
    return pairs.filter { $0.now != $0.then }.map(\.name)
  }

  /// What of `[inspection]` waits for a restart.
  private var startedInspection: InspectionSettings {
    var settings = inspection
    settings.folders = RuleFolders()
    settings.whenScannerIsDown = .hold
    return settings
  }

  private var stageSeconds: [Int] {
    [
      commandSeconds, contentSeconds, handshakeSeconds, sessionSeconds,
      greetingDelayMilliseconds ?? -1,
    ]
  }
}
