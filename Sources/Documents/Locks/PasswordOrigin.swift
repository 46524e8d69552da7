/// Who said the password that opened something: the detail of `openedWithPassword`.
package enum PasswordOrigin: String, Sendable, CaseIterable {
  /// The mail that carries it.
  case mail = ""
  /// Another mail of its sender.
  case otherMail = "other mail"
  /// A person, asked to look into it.
  case person = "person"
  /// Nobody: programs know it.
  case program = "program"
}
