import ArgumentParser
import DNS
import Foundation
import Gateway
import Inspection
import Mail
import MailAuth

/// Who each message is from, as far as a manifest and a zone let it be known.
struct IdentityDesk: Sendable {
  private let manifest: InspectionManifest?
  private let verifier: IdentityVerifier?

  init(manifest: InspectionManifest?, zone: String?) throws {
    self.manifest = manifest
    guard let zone else {
      verifier = nil
      return
    }
    var choice = DNSChoice()
    choice.zone = zone
    verifier = IdentityVerifier(
      resolver: try choice.resolver(), clock: SystemClock(), receiver: "localhost")
  }

  /// Findings, and what rules may ask.
  func judge(_ octets: [UInt8], at path: String) async -> (findings: [Finding], FactContext) {
    guard let row = manifest?[path], let client = IPAddress(row.client) else {
      let missing =
        [IdentityFindings.noEnvelope] + (verifier == nil ? [IdentityFindings.noDNS] : [])
      return (missing, FactContext())
    }
    guard let verifier else { return ([IdentityFindings.noDNS], Self.context(row, client)) }
    let identity = await verifier.judge(
      octets, client: client, helo: row.helo, sender: Self.sender(row.mailFrom),
      now: Self.time(octets))
    return (
      IdentityFindings.findings(of: identity), FactContext(identity, recipients: row.recipients)
    )
  }

  /// What the table alone says.
  private static func context(_ row: InspectionManifest.Row, _ client: IPAddress) -> FactContext {
    var context = FactContext()
    context.clientAddress = client
    context.helo = row.helo.isEmpty ? nil : row.helo
    context.mailFrom = sender(row.mailFrom).map { "\($0)" } ?? ""
    context.recipients = row.recipients
    return context
  }

  private static func sender(_ text: String) -> Mailbox? {
    let isPath = text.hasPrefix("<") && text.hasSuffix(">")
    let bare = isPath ? String(text.dropFirst().dropLast()) : text
    // Some tables keep the domain only.
    return Mailbox(bare) ?? (bare.isEmpty ? nil : Mailbox("postmaster@\(bare)"))
  }

  /// When the message says it was written, so that signatures of old mail have not expired; else now.
  private static func time(_ octets: [UInt8]) -> Timestamp {
    let date = HeaderFields(octets).first("Date").flatMap { HeaderDate(Array($0.utf8)) }
    return date?.timestamp
      ?? Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
  }
}
