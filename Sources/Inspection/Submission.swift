/// What is given to be inspected.
package enum Submission: Hashable, Sendable {
  /// A message, as a gate gets it.
  case mail
  /// A file of this name: mail if its octets look like that, else something that might be attached.
  case file(name: String)
}
