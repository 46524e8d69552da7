/// What is done with a message where no policy says otherwise.
package enum DefaultAction: String, Codable, Hashable, Sendable, CaseIterable {
  case accept
  /// Delivered with headers, and a tag in the subject, that say what is wrong.
  case mark
  /// Kept back until somebody releases it.
  case hold
  /// Refused while the sender is still connected, so that no notice goes astray.
  case refuse

  /// The severest of what the verdict calls for and what rules ask for by themselves.
  package init(_ report: InspectionReport) {
    var actions = [Self.action(report)]
    for finding in report.findings {
      switch finding.action {
      case .mark: actions.append(.mark)
      case .hold: actions.append(.hold)
      case .refuse: actions.append(.refuse)
      case nil: continue
      }
    }
    self = Self.allCases.last { actions.contains($0) } ?? .accept
  }

  private static func action(_ report: InspectionReport) -> DefaultAction {
    switch report.verdict {
    case .clean: .accept
    case .suspicious, .spam: .mark
    // A false verdict must cost nothing, so nothing is refused for it.
    case .phishing, .malicious, .unanalysable: .hold
    }
  }
}
