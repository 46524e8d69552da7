/// Bugs put in on purpose, so that the simulator can show that it would find them. The gate never names
/// them: each is off unless `Spool.open` is told otherwise.
package struct SpoolFlaws: Hashable, Sendable {
  /// Takes every checksum for right when the log is read at a start.
  package var ignoresChecksums = false
  /// Forgets the first message of those that are copied forward.
  package var losesCopies = false
  /// Writes each record of a commit in a frame of its own.
  package var splitsCommits = false
  /// Writes to a segment under its new name before that name is on the disk.
  package var trustsUnsyncedNames = false
  /// Takes dead segments back without a sync between one and the next younger.
  package var retiresInAnyOrder = false

  package init() {}
}
