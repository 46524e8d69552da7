/// What bounds the reading of one attachment. A bound that is hit is a defect, and what stands behind it
/// unread: such mail is held, never waved through.
package struct Budgets: Sendable {
  /// Containers within one another. Honest mail has two or three; each costs a little stack.
  package var depth = 32
  /// Artefacts in all. A large Office document has hundreds, a source archive thousands.
  package var count = 10_000
  /// Octets that come out of all containers together.
  package var octets = 256 << 20
  /// Octets of one entry; what is longer is read so far, and told what it is.
  package var entry = 48 << 20
  /// Octets of everything that is open at one moment, from the attachment to the innermost entry.
  package var memory = 96 << 20
  /// Octets out for each octet in, once more than `ratioFloor` came out. XML and logs shrink to a
  /// twentieth; deflate could do a thousandth, bzip2 a millionth.
  package var ratio = 150
  package var ratioFloor = 24 << 20
  /// Octets looked at, all readings of everything together: what stands for time where no clock is.
  package var work = 768 << 20
  /// Asked now and then; true ends the reading. The caller's clock stands behind it.
  package var isTimeUp: @Sendable () -> Bool = { false }
  /// Passwords tried on a cheap cipher (zip), and on one that is made slow.
  package var passwords = 30
  package var slowPasswords = 10

  package init() {}
}
