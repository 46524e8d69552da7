import Mail

// AUTH (RFC 4954): the session carries the exchange, the guard knows the mechanisms.
extension ServerSession {
  /// Whether AUTH may be used now.
  var offersAuth: Bool {
    !profile.authMechanisms.isEmpty && (origin.tls != nil || profile.offersAuthInClear)
  }

  mutating func authenticate(mechanism: String, initial: [UInt8]?) -> Step {
    guard !profile.authMechanisms.isEmpty else {
      return failed(Reply(502, .init(5, 5, 1), "AUTH is not offered"))
    }
    guard state != .fresh, origin.isExtended else { return failed(Self.helloFirst) }
    guard origin.account == nil else {
      return failed(Reply(503, .init(5, 5, 1), "Already authenticated"))  // RFC 4954 §4
    }
    guard state == .ready else {
      return failed(Reply(503, .init(5, 5, 1), "AUTH is not allowed in a transaction"))
    }
    guard offersAuth else {
      return failed(Reply(538, .init(5, 7, 11), "AUTH needs TLS: use STARTTLS first"))
    }
    guard profile.authMechanisms.contains(mechanism) else {
      return failed(Reply(504, .init(5, 5, 4), "Mechanism not offered"))
    }
    return ask(
      .authentication(mechanism: mechanism, initialResponse: initial), as: .authentication)
  }

  mutating func authenticationLine(_ line: ArraySlice<UInt8>) -> Step {
    if line.elementsEqual("*".utf8) {
      state = .ready
      summary.errors += 1
      return ask(.authenticationCancelled, as: .authenticationCancelled)
    }
    guard let response = Base64.decode(line) else {
      state = .ready
      sessionGuard.transactionEnded()
      return failed(Reply(501, .init(5, 5, 2), "Not base64"))
    }
    return ask(.authenticationResponse(response), as: .authentication)
  }

  mutating func authenticationAnswered(_ answer: Answer) -> Step {
    switch answer {
    case .challenge(let bytes):
      state = .authenticating
      return Step(Reply(334, nil, Base64.encode(bytes)), next: nextLine)
    case .authenticated(let account):
      state = .ready
      authenticated(as: account)
      return Step(Reply(235, .init(2, 7, 0), "Authentication successful"), next: nextLine)
    default:
      state = .ready
      counts.authFailures += 1
      guard counts.authFailures < profile.limits.authFailures else {
        summary.fault = "too many failed authentications"
        let last = refused(answer).replies
        let bye = Reply(421, .init(4, 7, 0), "\(profile.hostname) Too many failures, closing")
        state = .closed
        var step = Step(next: .close)
        step.replies = last + [bye]
        return step
      }
      return refused(answer)
    }
  }
}

extension Origin {
  /// The origin as XCLIENT's attributes make it; nil when one can't be believed.
  /// ADDR, PORT, NAME, HELO, PROTO, LOGIN are known; everything else is an error.
  func applying(_ attributes: [ClientAttribute]) -> Origin? {
    var changed = self
    changed.hello = nil
    changed.isExtended = false
    changed.account = nil
    for attribute in attributes {
      switch attribute.name {
      case "ADDR":
        guard let text = attribute.value else { continue }
        let bare = text.lowercased().hasPrefix("ipv6:") ? String(text.dropFirst(5)) : text
        guard let address = IPAddress(bare) else { return nil }
        changed.address = address
      case "PORT":
        guard let text = attribute.value else { continue }
        guard let port = UInt16(text) else { return nil }
        changed.port = port
      case "LOGIN": changed.account = attribute.value
      case "PROTO", "HELO", "NAME", "REVERSE_NAME": continue
      default: return nil
      }
    }
    return changed
  }
}
