import DNS
import Mail
import MailAuth
import Settings
import Synchronization

/// A list that names a client or one of its domains.
struct BlocklistHit: Hashable, Sendable {
  let zone: String
  /// The list's words for it.
  let labels: String
  /// Whether the settings refuse for it.
  let refuses: Bool

  var words: String { "\(zone) lists \(labels)" }
}

/// Asks the blocklists of the settings, looks after their health and says so.
final class BlocklistDesk: Sendable {
  private struct Contents {
    var settings: [BlocklistSettings] = []
    var lists: Blocklists?
  }

  private let resolver: any Resolver
  private let clock: any Clock
  private let log: EventLog
  private let contents = Mutex(Contents())

  init(resolver: any Resolver, clock: any Clock, log: EventLog) {
    self.resolver = resolver
    self.clock = clock
    self.log = log
  }

  /// Takes the settings' lists; what is known of them stays only where nothing changed.
  func configure(_ settings: [BlocklistSettings]) {
    contents.withLock { contents in
      guard contents.settings != settings else { return }
      contents.settings = settings
      contents.lists =
        settings.isEmpty
        ? nil : Blocklists(settings.map(\.list), resolver: resolver, clock: clock)
    }
  }

  var isEmpty: Bool { contents.withLock { $0.lists == nil } }

  /// Who of the lists names the client or a domain that it names itself by.
  func check(_ client: IPAddress, _ domains: Set<Domain>) async -> [BlocklistHit] {
    let (lists, settings) = contents.withLock { ($0.lists, $0.settings) }
    guard let lists else { return [] }
    var answers: [(DNSName, BlocklistAnswer)] = []
    let (found, changes) = await lists.check(client)
    answers += found.map { ($0.key, $0.value) }
    tell(changes)
    if settings.contains(where: { $0.list.subjects.contains(.domain) }) {
      for domain in domains {
        let (found, changes) = await lists.check(domain)
        answers += found.map { ($0.key, $0.value) }
        tell(changes)
      }
    }
    return answers.compactMap { Self.hit($0.0, $0.1, settings) }.sorted { $0.zone < $1.zone }
  }

  private static func hit(
    _ name: DNSName, _ answer: BlocklistAnswer, _ settings: [BlocklistSettings]
  ) -> BlocklistHit? {
    guard case .listed(let listings) = answer,
      let list = settings.first(where: { DNSName($0.zone) == name })
    else { return nil }
    // What a list praises it does not list; of strangers a dynamic address counts.
    let labels = listings.filter { $0.kind == .listed || $0.kind == .dynamic }.map(\.label)
    guard !labels.isEmpty else { return nil }
    return BlocklistHit(
      zone: list.zone.ascii, labels: labels.joined(separator: ", "), refuses: list.refuses)
  }

  /// Looks at the lists whose time has come.
  func testDue() async {
    guard let lists = contents.withLock({ $0.lists }) else { return }
    tell(await lists.testDue())
  }

  private func tell(_ changes: [Blocklists.Change]) {
    for change in changes {
      log.write("blocklist", ["zone": "\(change.zone)", "what": change.sentence])
    }
  }

  /// Lists that are switched off, for the administrator.
  var warnings: [String] {
    guard let lists = contents.withLock({ $0.lists }) else { return [] }
    return lists.states.compactMap { zone, state in
      guard case .off = state else { return nil }
      return Blocklists.Change(zone: zone, state: state).sentence
    }.sorted()
  }
}

extension BlocklistSettings {
  /// What is known of the list, or what the settings say of it.
  fileprivate var list: BlocklistZone {
    let name = DNSName(zone)
    let known = [BlocklistZone.zen, .dbl, .surbl].first { $0.name == name }
    if let known, codes.isEmpty { return known }
    let subjects = Set(
      subjects.map { subject -> BlocklistZone.Subject in
        switch subject {
        case .ipv4: .v4
        case .ipv6: .v6
        case .domain: .domain
        }
      })
    return BlocklistZone(
      name: name, subjects: subjects.isEmpty ? known?.subjects ?? [.v4] : subjects,
      meanings: codes.map { code in
        let octets = code.octets
        return BlocklistMeaning(.code(octets[1], octets[2], octets[3]), .listed, "\(code)")
      }, otherwise: codes.isEmpty ? .listed : nil)
  }
}
