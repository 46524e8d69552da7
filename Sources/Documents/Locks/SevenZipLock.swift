/// Tries passwords on a 7z whose files, or whose header too, are encrypted (AES-256, 06F10701), and makes an
/// archive of it from which the coder that decrypts is gone. Nothing in a 7z tells whether a password fits but
/// the checksum of what is unpacked, so a folder without one stays locked; a header proves itself by its form. The
/// checksum of a header is no proof that it is one, since whoever writes the archive can have two passwords come to
/// the same; so a hidden header that names no files' octets opens nothing.
struct SevenZipLock {
  private let archive: [UInt8]
  private var locksmith: Locksmith
  private var findings = LockFindings()
  private var hasOpened = false

  /// A packed header of a packed header is legal, and no use.
  private static let wrapLimit = 4
  static func open(_ archive: [UInt8], _ locksmith: Locksmith) -> Unlocking {
    guard !locksmith.passwords.isEmpty, var header = SevenZipArchive.header(of: archive) else {
      return .untouched
    }
    var lock = SevenZipLock(archive: archive, locksmith: locksmith)
    for _ in 0..<wrapLimit {
      guard header.first == UInt8(SevenZipStreams.Property.encodedHeader) else { break }
      guard let plain = lock.unwrapped(header) else { return lock.failure }
      header = plain
    }
    guard let opened = lock.rewritten(header), lock.hasOpened else { return lock.failure }
    return .opened(Unlocked(octets: opened, detail: lock.findings.detail(lock.locksmith)))
  }

  private init(archive: [UInt8], locksmith: Locksmith) {
    (self.archive, self.locksmith) = (archive, locksmith)
  }

  private var failure: Unlocking { findings.outcome(nil, locksmith) }

  /// The header within an encoded one.
  private mutating func unwrapped(_ header: [UInt8]) -> [UInt8]? {
    var (scanner, next) = (SevenZipScanner(header, at: 1), 0)
    guard let streams = SevenZipStreams(&scanner, next: &next), streams.folders.count == 1,
      let ranges = streams.ranges(in: archive)?.first
    else { return nil }
    let folder = streams.folders[0]
    guard folder.size <= SevenZipArchive.headerLimit else { return nil }
    guard folder.isEncrypted else {
      let packed = ranges.map { Array(archive[$0]) }
      let content = locksmith.firstEntry(
        SevenZipArchive.single(folder, packed), .sevenZip, limit: folder.size)
      return content?.outcome == .whole ? content?.octets : nil
    }
    let whole = archive
    return opened(folder, ranges, size: folder.size) { content in
      folder.checksum.map { $0 == Inflate.checksum(content) } ?? Self.isHeader(content, of: whole)
    }?.content
  }

  /// Whether octets are the header of an archive, where no checksum says so (py7zr writes none).
  private static func isHeader(_ octets: [UInt8], of archive: [UInt8]) -> Bool {
    typealias Property = SevenZipStreams.Property
    var (scanner, next) = (SevenZipScanner(octets), 0)
    guard octets.last == 0, scanner.octet() == Property.header,
      scanner.octet() == Property.mainStreams,
      let streams = SevenZipStreams(&scanner, next: &next), streams.ranges(in: archive) != nil
    else { return false }
    return [Property.subStreams, Property.end].contains(next) && !streams.folders.isEmpty
  }

  /// The archive with a plain header, in which folders that opened are plain as well.
  private mutating func rewritten(_ header: [UInt8]) -> [UInt8]? {
    typealias Property = SevenZipStreams.Property
    var scanner = SevenZipScanner(header)
    guard scanner.octet() == Property.header, var property = scanner.octet() else { return nil }
    if property == Property.archive {
      guard Self.skipProperties(&scanner), let following = scanner.octet() else { return nil }
      property = following
    }
    // Of empty files alone there are no streams, and nothing to open.
    guard property == Property.mainStreams else { return nil }
    let head = header.part(0, scanner.at)
    var next = 0
    guard var streams = SevenZipStreams(&scanner, next: &next),
      let ranges = streams.ranges(in: archive)
    else { return nil }
    let proofs = streams.proofs(scanner, next: next)
    var octets: [UInt8] = []
    octets.reserveCapacity(archive.count)
    (streams.position, streams.packed) = (0, [])
    for (index, folder) in streams.folders.enumerated() {
      if let opened = opened(folder, ranges[index], proofs[index]) {
        streams.folders[index] = opened.folder
        streams.packed += opened.packed.map(\.count)
        for stream in opened.packed { octets += stream }
      } else {
        streams.packed += ranges[index].map(\.count)
        for range in ranges[index] { octets += archive[range] }
      }
    }
    let rest = header.part(scanner.at - 1, header.count)
    return SevenZipArchive.octets(octets, head + streams.octets + rest)
  }

  private static func skipProperties(_ scanner: inout SevenZipScanner) -> Bool {
    while let property = scanner.octet() {
      if property == SevenZipStreams.Property.end { return true }
      guard let size = scanner.number(), scanner.part(size) != nil else { return false }
    }
    return false
  }

  // MARK: One folder

  private struct Opened {
    var folder: SevenZipFolder
    var packed: [[UInt8]]
    /// What proved the password, and what stands in front of it.
    var content: [UInt8] = []
  }

  private mutating func opened(
    _ folder: SevenZipFolder, _ ranges: [Range<Int>], _ proof: SevenZipStreams.Proof?
  ) -> Opened? {
    guard let proof else {
      if folder.isEncrypted { (findings.isEncrypted, findings.isUnknown) = (true, true) }
      return nil
    }
    return opened(folder, ranges, size: proof.start + proof.size) {
      Inflate.checksum(Array($0.dropFirst(proof.start))) == proof.checksum
    }
  }

  /// A folder with its packed streams decrypted, if a password makes its first octets fit; nil as well where it
  /// is not encrypted.
  private mutating func opened(
    _ folder: SevenZipFolder, _ ranges: [Range<Int>], size: Int, fits: ([UInt8]) -> Bool
  ) -> Opened? {
    guard folder.isEncrypted else { return nil }
    findings.isEncrypted = true
    guard folder.cipher != nil else {
      findings.isUnknown = true
      return nil
    }
    let (archive, smith) = (archive, locksmith)
    let found = locksmith.first { password -> Opened? in
      guard var opened = Self.decrypted(folder, ranges, archive, password, smith) else {
        return nil
      }
      let single = SevenZipArchive.single(opened.folder, opened.packed)
      guard let content = smith.firstEntry(single, .sevenZip, limit: size),
        content.octets.count == size, fits(content.octets)
      else { return nil }
      opened.content = content.octets
      return opened
    }
    if found != nil { hasOpened = true }
    return found
  }

  /// Every coder that decrypts taken out of the chain, with one password.
  private static func decrypted(
    _ folder: SevenZipFolder, _ ranges: [Range<Int>], _ archive: [UInt8], _ password: String,
    _ locksmith: Locksmith
  ) -> Opened? {
    var opened = Opened(folder: folder, packed: [])
    var plain: [Int: [UInt8]] = [:]
    while opened.folder.isEncrypted {
      guard let cipher = opened.folder.cipher, plain[cipher.stream] == nil,
        let key = locksmith.keys.key(cipher.recipe, password),
        let octets = locksmith.decrypted(
          archive, ranges[cipher.stream], key: key, vector: cipher.vector, size: cipher.size)
      else { return nil }
      plain[cipher.stream] = octets
      opened.folder = opened.folder.without(cipher)
    }
    opened.packed = ranges.indices.map { plain[$0] ?? Array(archive[ranges[$0]]) }
    return opened
  }
}
