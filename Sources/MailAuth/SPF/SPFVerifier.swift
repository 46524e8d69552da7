package import DNS
package import Mail

/// Checks by SPF (RFC 7208) whether a client may use the domain it names.
package struct SPFVerifier: Sendable {
  private let resolver: any Resolver
  private let clock: any Clock
  private let receiver: String

  /// `receiver` is our own name, which explanations may contain.
  package init(resolver: any Resolver, clock: any Clock, receiver: String = "unknown") {
    self.resolver = resolver
    self.clock = clock
    self.receiver = receiver
  }

  /// Bounded in look-ups and time by `SPFLimits`; never fails, since an error is a result too.
  package func check(_ request: SPFRequest) async -> SPFOutcome {
    var evaluation = SPFEvaluation(
      request, receiver: receiver, resolver: resolver, clock: clock)
    let (result, reason): (SPFResult, SPFReason)
    var explanation: String?
    do throws(SPFEvaluation.Stop) {
      let judgement = try await evaluation.checkHost(request.senderDomain)
      (result, reason) = (judgement.result, judgement.reason)
      if result == .fail { explanation = await evaluation.explanation(judgement) }
    } catch {
      (result, reason) = (error.result, error.reason)
    }
    return SPFOutcome(
      result: result, identity: request.identity,
      domain: SPFText.shown(request.senderDomain), reason: reason, explanation: explanation,
      lookups: evaluation.lookups, voids: evaluation.voids)
  }
}
