/// Bounds of a spool.
package struct SpoolLimits: Hashable, Sendable {
  /// Octets of a body that go into the log itself; a longer one gets its own file.
  package var inlineBody = 256 * 1024
  /// Octets after which a new segment is begun.
  package var segment = 16 * 1024 * 1024
  /// Segments kept before the oldest one's living messages are copied forward. A queue of 40 MB that waits
  /// is then written once more for each gigabyte that passes by it, which is 4 %; with 8 it was 24 %.
  package var segments = 64
  /// Octets of messages that are kept in memory between their acceptance and their first attempt.
  package var warm = 32 * 1024 * 1024
  /// Octets of a body that are read at once.
  package var piece = 65_536
  /// Octets of free disk below which no new message is taken, so that what is here can still be worked
  /// off; at most a twentieth of the disk.
  package var reserve = 64 * 1024 * 1024
  /// Makes the next segment beforehand.
  package var isNextPrepared = true

  package init() {}
}
