package import Mail

/// The step by which a domain's keys change, so that at every moment what was signed can be
/// verified:
///
///     none ──make──▶ waiting ──record stands──▶ active ──a newer one──▶ retired ──7 days──▶ gone
///
/// One call is one step; the caller writes files and asks the DNS.
package struct DKIMRotation: Sendable {
  /// What is to be done now.
  package enum Step: Sendable {
    /// Make keys and let them wait; nothing waits yet.
    case make
    /// Publish these records first; they do not stand.
    case publish([DKIMKeyFile])
    /// Write these: what waited signs now, what signed is retired.
    case change([DKIMKeyFile])
  }

  package let step: Step
  /// Keys whose file and record may go.
  package let forgotten: [DKIMKeyFile]

  /// `stands` says whether a key's record is in the DNS.
  package init(
    _ keys: [DKIMKeyFile], now: Timestamp, stands: (DKIMKeyFile) -> Bool
  ) {
    forgotten = keys.filter { $0.isForgotten(at: now) }
    let waiting = keys.filter { $0.state == .waiting }
    let missing = waiting.filter { !stands($0) }
    if waiting.isEmpty {
      step = .make
    } else if !missing.isEmpty {
      step = .publish(missing)
    } else {
      step = .change(
        keys.filter { $0.state != .retired }.map { key in
          var key = key
          key.become(key.state == .waiting ? .active : .retired, at: now)
          return key
        })
    }
  }

  /// New keys that wait. Selectors tell the day and the kind, `k20261124-rsa`, with a number where
  /// that is taken.
  package static func newKeys(
    _ domain: Domain, _ types: [SignatureKeyType], selector: String? = nil,
    besides keys: [DKIMKeyFile], now: Timestamp
  ) throws(DKIMKeyFault) -> [DKIMKeyFile] {
    let day = now.iso8601.prefix(10).filter { $0 != "-" }
    var new: [DKIMKeyFile] = []
    for type in types {
      var name = "\(selector ?? "k\(day)")-\(type.rawValue)"
      if selector != nil, types.count == 1 { name = selector ?? name }
      var number = 1
      while keys.contains(where: { $0.selector.ascii == name }), selector == nil {
        number += 1
        name = "k\(day)-\(number)-\(type.rawValue)"
      }
      guard let selector = Domain(name), !keys.contains(where: { $0.selector == selector }) else {
        throw DKIMKeyFault(description: "\(name) is no selector, or there is one already")
      }
      do throws(SigningFailure) {
        let key = try SignaturePrivateKey(generating: type)
        new.append(
          DKIMKeyFile(domain: domain, selector: selector, key: key, state: .waiting, since: now))
      } catch {
        throw DKIMKeyFault(description: error.description)
      }
    }
    return new
  }
}
