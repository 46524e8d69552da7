import Inspection
import SMTP
import Sandbox
import Settings
import Spool

/// Who looks into mail for the gate: the jailed inspectors.
final class ContentDesk: Sendable {
  private let pool: InspectorPool

  /// Nil where the settings say that nobody looks. `program` is ours, which has the sub-command `inspector`.
  init?(_ settings: InspectionSettings, program: String?) {
    guard settings.isOn else { return nil }
    var inspectors = InspectorSettings()
    if let processes = settings.processes { inspectors.processes = processes }
    inspectors.deadline = .seconds(settings.seconds)
    inspectors.memory = settings.memory
    if let program { inspectors.program = program }
    pool = InspectorPool(inspectors)
  }

  /// What is found in what a client sent. Places count from its first octet.
  func report(_ draft: Draft) async throws -> InspectionReport {
    try await pool.inspect {
      let content = draft.content
      return try await SealedMessage(reading: { try await content.next() })
    }
  }

  func close() { pool.close() }
}
