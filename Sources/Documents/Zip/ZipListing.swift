/// All entries of a zip by both its lists: the central directory at the end, and the headers before the
/// data, found by walking from one to the next. Where they differ, programs differ, and a file may be
/// seen by one that another, or a scanner, does not see.
struct ZipListing {
  /// One way to read an entry.
  struct Reading: Hashable {
    var record: ZipRecord
    /// Where its data begins, and where they end by what the record says.
    let data: Range<Int>
  }

  /// An entry with all its readings; the first is the directory's where it has one.
  struct Entry {
    let header: Int
    var readings: [Reading]
  }

  private(set) var entries: [Entry] = []
  private(set) var defects: [DocumentDefect] = []
  private let octets: [UInt8]
  private let limit: Int
  /// The ends whose directories count.
  private var followed: [ZipDirectoryEnd] = []

  /// At most `limit` entries a list.
  init(_ octets: [UInt8], limit: Int) {
    self.octets = octets
    self.limit = limit
    let central = directory(ZipDirectoryEnd.all(in: octets))
    let locals = walk(central, followed)
    join(central, locals)
    noteOverlaps()
    noteEdges(locals, followed)
  }

  private mutating func note(
    _ kind: DocumentDefect.Kind, _ place: Range<Int>? = nil, _ detail: String = ""
  ) {
    guard defects.count < Self.defectLimit else { return }
    defects.append(DocumentDefect(kind, place, detail))
  }

  private static let defectLimit = 100

  // MARK: The directory

  /// From the last end back. An end within an entry's data belongs to an archive within, and is left to
  /// whoever reads that.
  private mutating func directory(_ ends: [ZipDirectoryEnd]) -> [ZipRecord] {
    if ends.isEmpty, !isEmptyArchive { note(.zipDirectoryMissing) }
    var (records, seen, covered): ([ZipRecord], Set<ZipRecord>, [Range<Int>]) = ([], [], [])
    for end in ends.reversed() where !covered.contains(where: { $0.contains(end.place) }) {
      var (at, count) = (end.directory, 0)
      while records.count < limit,
        let record = ZipRecord(central: octets, at: at, shift: end.shift)
      {
        if seen.insert(record).inserted { records.append(record) }
        at = record.end
        count += 1
        if let local = ZipRecord(local: octets, at: record.header) {
          covered.append(data(record, behind: local))
        }
      }
      followed.append(end)
      // A count of 16 bits that runs over is an old habit of large archives.
      if records.count < limit, count & 0xFFFF != end.count & 0xFFFF {
        note(.zipCountWrong, end.place..<end.end)
      }
    }
    if Set(followed.map(\.directory)).count > 1 {
      note(.zipSeveralDirectories, followed[0].place..<followed[0].end)
    }
    return records
  }

  private var isEmptyArchive: Bool {
    octets.has(ZipDirectoryEnd.signature, at: 0)
      || octets.has(ZipDirectoryEnd.signature, at: octets.count - 22)
  }

  // MARK: The headers before the data

  /// As a program reads that sees the archive come by: header, data, header. What the directories
  /// cover is passed over.
  private func walk(_ central: [ZipRecord], _ ends: [ZipDirectoryEnd]) -> [ZipRecord] {
    let sizes = Dictionary(central.map { ($0.header, $0.packedSize) }, uniquingKeysWith: min)
    let passed = ends.map { $0.directory..<$0.end }.filter { !$0.isEmpty }
      .sorted { $0.lowerBound < $1.lowerBound }
    var found: [ZipRecord] = []
    var at = 0
    while found.count < limit,
      let place = octets.place(of: Self.localSignature, in: at..<octets.count)
    {
      if let range = passed.first(where: { $0.contains(place) }) {
        at = range.upperBound
        continue
      }
      guard let record = ZipRecord(local: octets, at: place) else {
        at = place + 4
        continue
      }
      found.append(record)
      at = max(place + 4, end(of: record, told: sizes[place]))
    }
    return found
  }

  private static let localSignature = Array("PK\u{3}\u{4}".utf8)

  /// Behind the data of an entry: the nearer of what both headers say.
  private func end(of record: ZipRecord, told: Int?) -> Int {
    let own = record.hasDescriptor && record.packedSize == 0 ? nil : record.packedSize
    let sizes = [own, told].compactMap { $0 }.filter { $0 <= octets.count - record.end }
    return record.end + (sizes.min() ?? 0)
  }

  // MARK: Both

  private mutating func join(_ central: [ZipRecord], _ locals: [ZipRecord]) {
    let byHeader = Dictionary(
      locals.map { ($0.header, $0) }, uniquingKeysWith: { first, _ in first })
    var (listed, names): (Set<Int>, Set<[UInt8]>) = ([], [])
    for record in central {
      if !names.insert(record.name).inserted { note(.zipRepeatedName, nil, record.shownName.shown) }
      let local = byHeader[record.header] ?? ZipRecord(local: octets, at: record.header)
      guard let local else {
        entries.append(Entry(header: record.header, readings: []))
        note(.zipEntryMissing, nil, record.shownName.shown)
        continue
      }
      listed.insert(record.header)
      add(record, local)
    }
    for local in locals where !listed.contains(local.header) && entries.count < 2 * limit {
      let reading = Reading(record: local, data: data(local, behind: local))
      entries.append(Entry(header: local.header, readings: [reading]))
      if !central.isEmpty { note(.zipHiddenEntry, local.header..<local.end, local.shownName.shown) }
    }
  }

  private mutating func add(_ central: ZipRecord, _ local: ZipRecord) {
    let place = local.header..<local.end
    var readings = [Reading(record: central, data: data(central, behind: local))]
    let differences = Self.differences(central, local)
    if !differences.isEmpty {
      note(.zipDisagreement, place, differences.joined(separator: " "))
      readings.append(Reading(record: local, data: data(local, behind: local)))
    }
    entries.append(Entry(header: central.header, readings: readings))
  }

  private static func differences(_ central: ZipRecord, _ local: ZipRecord) -> [String] {
    var words: [String] = []
    if central.name != local.name { words.append("name") }
    if central.method != local.method { words.append("method") }
    if central.isEncrypted != local.isEncrypted { words.append("encryption") }
    // With a descriptor the local header says nothing, or says it early.
    let isSilent = local.hasDescriptor && local.packedSize == 0
    let isOpen = local.packedSize == 0xFFFF_FFFF
    if !isSilent, !isOpen, central.packedSize != local.packedSize { words.append("size") }
    if !local.hasDescriptor, central.checksum != local.checksum { words.append("checksum") }
    return words
  }

  private func data(_ record: ZipRecord, behind local: ZipRecord) -> Range<Int> {
    let isSilent = record.hasDescriptor && record.packedSize == 0
    let rest = octets.count - local.end
    let length = isSilent ? rest : min(max(0, record.packedSize), rest)
    return local.end..<(local.end + length)
  }

  // MARK: What stands between

  private mutating func noteOverlaps() {
    let extents = entries.compactMap { entry in
      entry.readings.first.map { entry.header..<$0.data.upperBound }
    }
    .sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    for (left, right) in zip(extents, extents.dropFirst()) where right.lowerBound < left.upperBound
    {
      // Data of unknown length is taken to the end; that is no overlap by intent.
      guard left.upperBound < octets.count else { continue }
      return note(.zipOverlap, right.lowerBound..<left.upperBound)
    }
  }

  private mutating func noteEdges(_ locals: [ZipRecord], _ ends: [ZipDirectoryEnd]) {
    if let first = locals.first?.header, first > 0, !octets.has("PK", at: 0) {
      note(.leadingOctets, 0..<first)
    }
    if let end = ends.map(\.end).max(), end < octets.count {
      note(.trailingOctets, end..<octets.count)
    }
  }
}
