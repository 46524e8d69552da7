/// What is done with a message where no policy says otherwise.
package enum DefaultAction: String, Codable, Hashable, Sendable, CaseIterable {
  case accept
  /// Delivered with headers, and a tag in the subject, that say what is wrong.
  case mark
  /// Kept back until somebody releases it.
  case hold
  /// Refused while the sender is still connected, so that no notice goes astray.
  case refuse

  package init(_ report: InspectionReport) {
    switch report.verdict {
    case .clean: self = .accept
    case .suspicious, .spam: self = .mark
    case .phishing, .unanalysable: self = .hold
    // Known malware is refused; what only behaves like it could be a mistake, and is kept.
    case .malicious:
      self = report.findings.contains { $0.kind == .malware && $0.weight > 0 } ? .refuse : .hold
    }
  }
}
