package import DNS
package import Mail
package import MailAuth
package import SMTP

/// Why a domain's MTA-STS policy could not be had, though it says that there is one.
package enum STSFault: Error, Hashable, Sendable {
  case unreachable(String)
  /// The policy host's certificate is not its own.
  case untrusted(String)
  /// Something came that is no policy.
  case invalid(String)
  /// It failed a moment ago.
  case waiting

  package var words: String {
    switch self {
    case .unreachable(let why): "the MTA-STS policy can't be fetched: \(why)"
    case .untrusted(let why): "the MTA-STS policy's host can't be trusted: \(why)"
    case .invalid(let why): "the MTA-STS policy can't be read: \(why)"
    case .waiting: "the MTA-STS policy could not be fetched a moment ago"
    }
  }

  /// RFC 8460 §4.3.2.2.
  var report: TLSSessionFailure {
    switch self {
    case .unreachable, .waiting: .policyFetch
    case .untrusted: .policyAuthority
    case .invalid: .policyInvalid
    }
  }
}

/// Fetches policies by HTTPS (RFC 8461 §3.3): 200 and text/plain, at most 64 KiB, within a minute, from the
/// policy host itself.
package struct STSFetcher: Sendable {
  private let resolver: any Resolver
  private let web: any WebClient
  private let port: UInt16

  /// RFC 8461 §3.3 suggests a minute.
  package static let seconds = 60
  /// Addresses of a policy host that are tried.
  private static let addressLimit = 4

  /// `port` is 443, but for tests.
  package init(resolver: any Resolver, web: any WebClient, port: UInt16 = 443) {
    self.resolver = resolver
    self.web = web
    self.port = port
  }

  package func fetch(_ domain: Domain) async -> Result<STSPolicy, STSFault> {
    guard let host = Domain("mta-sts." + domain.ascii) else {
      return .failure(.unreachable("the policy host's name is too long"))
    }
    let addresses: [IPAddress]
    switch await resolver.addresses(of: host) {
    case .failure(let failure): return .failure(.unreachable("\(host): \(failure.words)"))
    case .success(let answer): addresses = answer.records
    }
    var last = STSFault.unreachable("no address")
    let tried = addresses.prefix(Self.addressLimit)
    for address in tried {
      let request = WebRequest(
        .get, host: host, address: address, port: port, path: "/.well-known/mta-sts.txt",
        sizeLimit: STSPolicy.sizeLimit, seconds: Self.seconds / tried.count)
      switch Self.read(await web.send(request)) {
      case .success(let policy): return .success(policy)
      case .failure(.unreachable(let why)): last = .unreachable(why)
      case .failure(let fault): return .failure(fault)
      }
    }
    return .failure(last)
  }

  static func read(_ result: Result<WebAnswer, WebFailure>) -> Result<STSPolicy, STSFault> {
    switch result {
    case .failure(.untrusted(let why)): return .failure(.untrusted(why))
    case .failure(.tooLarge): return .failure(.invalid(WebFailure.tooLarge.words))
    case .failure(let failure): return .failure(.unreachable(failure.words))
    case .success(let answer):
      // RFC 8461 §3.3: nothing but 200, no redirect followed.
      guard answer.status == 200 else {
        return .failure(.unreachable("the policy host says \(answer.status)"))
      }
      guard isPlainText(answer.contentType) else {
        return .failure(.invalid("it is not text/plain"))
      }
      do throws(SyntaxError) {
        return .success(try STSPolicy(parsing: answer.body))
      } catch {
        return .failure(.invalid("expected \(error.expected) at byte \(error.offset + 1)"))
      }
    }
  }

  /// RFC 8461 §3.2: the type only, parameters beside it don't matter.
  private static func isPlainText(_ type: String?) -> Bool {
    guard let word = type?.utf8.prefix(while: { $0 != 0x3B }) else { return false }
    let text = word.filter { $0 > 0x20 }.map(\.lowered)
    return text.elementsEqual("text/plain".utf8)
  }
}
