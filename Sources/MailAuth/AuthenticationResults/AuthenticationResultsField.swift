/// What a server found out about a message: the value of an Authentication-Results field (RFC 8601
/// §2.2), and the part of an ARC-Authentication-Results field behind `i=`.
///
///     mx.example.jp; spf=pass smtp.mailfrom=example.com;
///       dkim=fail reason="bad signature" header.d=example.com
///
/// Anybody can write such a field. It is worth what the server is worth whose name it bears, and
/// only where that server's own fields are known to be its own: see `ForgedResults`.
package struct AuthenticationResultsField: Hashable, Sendable {
  /// `ptype.property=value`: what was looked at.
  package struct Property: Hashable, Sendable {
    /// `smtp`, `header`, `body`, `policy`; empty for a bare `name=value`, which some servers write.
    package let type: String
    package let name: String
    package let value: String

    package init(_ type: String, _ name: String, _ value: String) {
      self.type = type
      self.name = name
      self.value = value
    }
  }

  /// One `method=result` with what belongs to it.
  package struct Statement: Hashable, Sendable {
    /// In lower case: `spf`, `dkim`, `dmarc`, `arc`, `iprev`, `auth`.
    package var method: String
    package var methodVersion: String?
    /// In lower case: `pass`, `fail`, `none`, `temperror` and the like.
    package var result: String
    package var reason: String?
    /// The first comment behind the result; for people.
    package var comment: String?
    package var properties: [Property]

    package init(
      _ method: String, _ result: String, reason: String? = nil, comment: String? = nil,
      _ properties: [Property] = []
    ) {
      self.method = method
      self.result = result
      self.reason = reason
      self.comment = comment
      self.properties = properties
    }

    /// The value of `type.name`, names without case.
    package func value(_ type: String, _ name: String) -> String? {
      properties.first { $0.type == type && $0.name == name }?.value
    }
  }

  /// `authserv-id`: whose words these are, as it stands.
  package var serverID: String
  /// `authres-version`; nil means 1.
  package var version: String?
  /// Empty for `none`: the server looked at nothing.
  package var statements: [Statement]

  package init(serverID: String, _ statements: [Statement] = []) {
    self.serverID = serverID
    self.statements = statements
  }
}
