/// Zip files, by a reader of our own: every entry that any program may see is unpacked, in every way
/// that its headers allow.
enum ZipReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let listing = ZipListing(octets, limit: opening.walk.budgets.count)
    for defect in listing.defects { opening.note(defect.kind, defect.place, defect.detail) }
    ZipDocument.note(listing, octets, &opening)
    let state = State(
      key: ZipKey(
        opening.walk.passwords, opening.walk.keys, limit: opening.walk.budgets.passwords),
      imported: ImportedParts(listing, octets, &opening))
    for entry in listing.entries {
      guard opening.admits(entry.readings.first?.data) else { return }
      read(entry, octets, state, &opening)
    }
  }

  /// What is known beside the entry that is read.
  private struct State {
    let key: ZipKey
    let imported: ImportedParts
  }

  private static func read(
    _ entry: ZipListing.Entry, _ octets: [UInt8], _ state: State, _ opening: inout Opening
  ) {
    var taken: [(name: [UInt8], method: Int, data: Range<Int>)] = []
    for reading in entry.readings where !reading.record.isFolder {
      let record = reading.record
      let isKnown = taken.contains {
        $0.name == record.name && $0.method == record.method && $0.data == reading.data
      }
      guard !isKnown, taken.isEmpty || opening.admits() else { continue }
      taken.append((record.name, record.method, reading.data))
      read(reading, octets, state, &opening)
    }
  }

  private static func read(
    _ reading: ZipListing.Reading, _ octets: [UInt8], _ state: State, _ opening: inout Opening
  ) {
    let (record, limit) = (reading.record, opening.allowance)
    var facts: [ArtefactFact] = []
    if let text = record.unicodePath, ArtefactName(record.name).text != text {
      facts.append(ArtefactFact(.secondName, ArtefactName(record.name).shown))
    }
    let isImported = state.imported.has(record.name)
    func take(
      _ unpacked: Unpacked, _ octets: [UInt8]?, _ facts: [ArtefactFact], _ opening: inout Opening
    ) {
      note(unpacked, record, reading.data, octets, &opening)
      let (name, place) = (record.shownName, reading.data)
      guard isImported else { return opening.take(unpacked, name, at: place, facts: facts) }
      ImportedParts.take(unpacked, name, at: place, facts: facts, &opening)
    }
    guard record.isEncrypted else {
      let unpacked = ZipMethod.unpack(octets, reading.data, record, limit: limit)
      return take(unpacked, octets, facts, &opening)
    }
    let refusals = opening.walk.keys.refusals
    if let unpacked = state.key.unpack(octets, reading.data, record, limit: limit) {
      if record.method == ZipRecord.aesMethod { opening.walk.ledger.worked(ZipKey.aesCost) }
      facts.append(opening.noteOpened())
      return take(unpacked, nil, facts, &opening)
    }
    // The flag alone makes some readers stop; the data may be plain all the same.
    let plain = ZipMethod.unpack(octets, reading.data, record, limit: min(limit, plainLimit))
    if plain.outcome == .whole, !plain.octets.isEmpty,
      Inflate.checksum(plain.octets) == record.checksum
    {
      opening.note(.zipDisagreement, reading.data, "encryption")
      return take(plain, octets, facts, &opening)
    }
    opening.note(
      .encrypted, opening.walk.keys.refusals > refusals ? ArtefactFact.untried : "")
    opening.list(record.shownName, size: record.size, facts: facts + [ArtefactFact(.encrypted)])
  }

  private static let plainLimit = 1 << 20

  /// What an entry says of itself and of the whole.
  private static func note(
    _ unpacked: Unpacked, _ record: ZipRecord, _ data: Range<Int>, _ octets: [UInt8]?,
    _ opening: inout Opening
  ) {
    if unpacked.outcome == .whole, !(record.hasDescriptor && record.packedSize == 0) {
      if unpacked.octets.count & 0xFFFF_FFFF != record.size & 0xFFFF_FFFF {
        opening.note(.sizeWrong, data, record.shownName.shown)
      } else if Inflate.checksum(unpacked.octets) != record.checksum, !record.isUnchecked {
        opening.note(.checksum, data, record.shownName.shown)
      }
    }
    takeRest(unpacked, record, data, octets, &opening)
    OfficePart.note(record.name, unpacked.octets, &opening)
  }

  /// Packed octets that nothing was made of: a place to hide things in.
  private static func takeRest(
    _ unpacked: Unpacked, _ record: ZipRecord, _ data: Range<Int>, _ octets: [UInt8]?,
    _ opening: inout Opening
  ) {
    let isOpen = record.hasDescriptor && record.packedSize == 0
    guard let octets, !isOpen, unpacked.outcome == .whole, unpacked.used > 0,
      unpacked.used < data.count, opening.admits()
    else { return }
    let rest = (data.lowerBound + unpacked.used)..<data.upperBound
    opening.note(.zipGap, rest, record.shownName.shown)
    opening.take(Array(octets[rest]), ArtefactName("behind " + record.shownName.text))
  }
}
