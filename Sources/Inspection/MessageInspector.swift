package import Documents
package import Mail
import MailAuth

/// Every check over one message: octets in, findings out. Pure, and no judgement: `InspectionReport`
/// draws that.
///
///     octets ─▶ Message ─▶ Specimen ─▶ message checks
///                             │
///                             └─▶ each leaf, decoded every way ─▶ DocumentReader ─▶ content checks
///                                                                       └─▶ tree ─▶ attachment checks
///
/// What one message may cost is bounded: by `MessageLimits`, and by the `Budgets` of all documents in it
/// together. A bound that is hit is a finding, and such mail is held.
package struct MessageInspector: Sendable {
  private let limits: MessageLimits
  private let budgets: Budgets
  private let messageChecks: [any MessageCheck]
  private let contentChecks: [any ContentCheck]
  private let attachmentChecks: [any AttachmentCheck]
  private let rules: RuleBook
  private let suffixes = PublicSuffixList.installed

  /// `rules` are asked last, since they may ask what the checks found.
  package init(
    rules: RuleBook = RuleLibrary().book, limits: MessageLimits = MessageLimits(),
    budgets: Budgets = Self.budgets, yara: YaraRules? = nil
  ) {
    self.rules = rules
    self.limits = limits
    self.budgets = budgets
    messageChecks = [DefectCheck(), UnreadCheck(), HeldTypeCheck(), HiddenPartCheck()]
    let scan: [any ContentCheck] = yara.map { [YaraCheck($0)] } ?? []
    contentChecks = [CanaryCheck(), MarkupCheck(), CalendarCheck(), ShareCheck()] + scan
    attachmentChecks = [
      NameCheck(), ActiveFileCheck(), DisguiseCheck(), DiskImageCheck(), EncryptionCheck(),
      DocumentCheck(), ContainerCheck(), UnreadFileCheck(),
    ]
  }

  /// For all attachments of one message together: about a second of one core, and half of what an inspector
  /// may have of memory.
  package static var budgets: Budgets {
    var budgets = Budgets()
    budgets.work = 512 << 20
    return budgets
  }

  /// Loads what would be opened at first use, for a process that may open nothing. False when it can't
  /// be had.
  package func prepare() -> Bool {
    DocumentReader.prepare()
    guard Charset.prepare() else { return false }
    // The first message asks for what is made at first use: folded texts, look-alikes, names.
    let page =
      "From: \u{30A2} <a@\u{65E5}.example>\nContent-Type: text/html\n\n<a href=//b.example>\u{FF21}"
    return findings(Array(page.utf8), .mail).allSatisfy { $0.kind != .unread }
  }

  package func findings(
    _ octets: [UInt8], _ submission: Submission, _ context: FactContext = FactContext()
  ) -> [Finding] {
    observations(octets, submission, context).findings
  }

  /// `context` is what is known of the message beyond its octets.
  package func observations(
    _ octets: [UInt8], _ submission: Submission, _ context: FactContext = FactContext()
  ) -> Observations {
    var inspection = InspectionRun(budgets, context, suffixes)
    if case .file(let name) = submission, !MailGuess.isMail(octets, name: name) {
      let leaf = InspectedLeaf(
        path: "", place: 0..<octets.count, names: [name], declaredType: nil, isBody: false)
      inspect(octets, leaf, TriedPasswords([], context), &inspection)
      return inspection.observations
    }
    let specimen = Specimen(Message(octets, limits: limits))
    for check in messageChecks { inspection.findings.add(check.findings(of: specimen)) }
    let hasAttachments = specimen.leaves.contains { !$0.isBody }
    let candidates =
      hasAttachments || context.wantsPasswords ? Self.candidates(specimen) : PasswordCandidates([])
    let passwords =
      hasAttachments ? TriedPasswords(candidates.words, context) : TriedPasswords()
    for leaf in specimen.leaves {
      let content = specimen.message.content(of: leaf.reading)
      for octets in Self.encoded(leaf, [content.octets] + content.others) {
        inspect(octets, InspectedLeaf(leaf), passwords, &inspection)
      }
    }
    inspection.findings.add(rules.findings(in: specimen.message, inspection.context))
    var observations = inspection.observations
    if context.wantsPasswords { observations.passwords = candidates.told }
    return observations
  }

  /// A text that names a charset which has no tags where ASCII has them is read in it as well.
  private static func encoded(_ leaf: Leaf, _ contents: [[UInt8]]) -> [[UInt8]] {
    let type = leaf.reading.contentType
    let isText = type.isText || type.subtype.hasSuffix("xml")
    guard isText, let label = type.parameters["charset"] else { return contents }
    let others = contents.map { MarkupEncoding.plain($0, charset: label) }
    return contents + others.filter { !contents.contains($0) }
  }

  /// What subject and text may tell of a password.
  private static func candidates(_ specimen: Specimen) -> PasswordCandidates {
    let message = specimen.message
    let head = message.root.readings[0]
    let subjects = head.header.all("Subject").prefix(2).map { message.text($0, of: head) }
    let bodies = specimen.leaves.lazy.filter(\.isBody).prefix(4).map {
      message.text(of: $0.reading).text
    }
    return PasswordCandidates(subjects + Array(bodies))
  }

  private func inspect(
    _ octets: [UInt8], _ leaf: InspectedLeaf, _ passwords: TriedPasswords,
    _ run: inout InspectionRun
  ) {
    var reader = DocumentReader(budgets: run.left, passwords: passwords.words)
    reader.origins = passwords.origins
    var found: [Finding] = []
    var spent = (count: 0, octets: 0)
    let root = reader.read(
      octets, name: ArtefactName(leaf.names.first ?? ""), declaredType: leaf.declaredType,
      keys: run.keys
    ) { artefact, octets in
      spent.count += 1
      spent.octets += octets.count
      let item = Item(
        octets: octets, kinds: artefact.kinds, path: leaf.path(artefact.path), place: leaf.place,
        isBody: leaf.isBody && spent.count == 1, suffix: artefact.nameFacts.suffix,
        declaredType: spent.count == 1 ? leaf.declaredType : nil)
      for check in contentChecks { found += check.findings(of: item) }
    }
    run.findings.add(found)
    run.spend(spent.count, spent.octets - octets.count)
    let attachment = Attachment(
      root: root, path: leaf.path, place: leaf.place, isBody: leaf.isBody,
      names: leaf.names.map { ($0, NameFacts(ArtefactName($0))) })
    for check in attachmentChecks { run.findings.add(check.findings(of: attachment)) }
    if !leaf.isBody { run.note(attachment) }
  }
}

/// What is tried on an attachment: what people and other mail say, and what its own mail may tell. Slow ciphers
/// are tried with the first few only, so both have a share of those.
private struct TriedPasswords {
  private(set) var words: [String] = []
  /// Who said those that are not in the mail.
  private(set) var origins: [String: PasswordOrigin] = [:]

  private static let ownFirst = 5

  init() {}

  init(_ own: [String], _ context: FactContext) {
    words = own.prefix(Self.ownFirst) + context.passwords + own.dropFirst(Self.ownFirst)
    for word in context.passwords where !own.contains(word) {
      origins[word] = context.passwordsAreGiven ? .person : .otherMail
    }
  }
}

/// What is given to the reader of documents: a leaf of a message, or a file that came alone.
private struct InspectedLeaf {
  let path: String
  let place: Range<Int>
  let names: [String]
  let declaredType: String?
  let isBody: Bool

  func path(_ artefact: String) -> String {
    if path.isEmpty || artefact.isEmpty { return path + artefact }
    return path + "/" + artefact
  }
}

extension InspectedLeaf {
  init(_ leaf: Leaf) {
    path = leaf.path
    place = leaf.place
    names = leaf.names
    declaredType = leaf.reading.contentType.isGiven ? "\(leaf.reading.contentType)" : nil
    isBody = leaf.isBody
  }
}

/// One message's inspection under way: what was found, and what may still be spent on documents.
private struct InspectionRun {
  var findings = FindingList()
  private var files: [AttachedFile] = []
  private var hasMoreFiles = false
  private(set) var left: Budgets
  let keys = KeyRing()
  private var known: FactContext

  init(_ budgets: Budgets, _ context: FactContext, _ suffixes: PublicSuffixList?) {
    left = budgets
    known = context
    if known.suffixes == nil { known.suffixes = suffixes }
  }

  /// What rules may ask besides the message itself.
  var context: FactContext {
    var context = known
    context.findings = findings.all.map(\.rule)
    return context
  }

  /// Attachments, and files within them, that rules hear of.
  private static let attachmentLimit = 500

  var observations: Observations {
    var observations = Observations(findings.all)
    (observations.files, observations.hasMoreFiles) = (files, hasMoreFiles)
    return observations
  }

  mutating func note(_ attachment: Attachment) {
    for entry in attachment.entries where !entry.isPiece {
      guard files.count < AttachedFile.countLimit else {
        hasMoreFiles = true
        break
      }
      let artefact = entry.artefact
      files.append(
        AttachedFile(
          path: attachment.path(of: artefact), suffix: artefact.nameFacts.suffix,
          place: attachment.place, kinds: artefact.kinds.map(\.rawValue)))
    }
    let room = Self.attachmentLimit - known.attachments.count
    known.attachments += attachment.root.all.prefix(max(0, room)).map {
      FactContext.Attachment(name: $0.name.text, kinds: $0.kinds.map(\.rawValue))
    }
  }

  mutating func spend(_ count: Int, _ octets: Int) {
    left.count = max(1, left.count - count)
    left.octets = max(1, left.octets - octets)
    left.work = max(1, left.work - octets)
  }
}

/// Findings of one message, a few of each rule.
struct FindingList {
  private(set) var all: [Finding] = []
  private var counts: [String: Int] = [:]

  /// Findings of one rule: a hostile message would earn thousands.
  static let perRuleLimit = 10

  mutating func add(_ findings: [Finding]) {
    for finding in findings {
      guard counts[finding.rule, default: 0] < Self.perRuleLimit else { continue }
      counts[finding.rule, default: 0] += 1
      all.append(finding)
    }
  }
}
