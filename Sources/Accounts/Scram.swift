import Crypto
import Foundation

/// The server's side of SCRAM-SHA-256 without channel binding (RFC 5802 §3, §5; RFC 7677), as values.
enum Scram {
  /// What the client's first message says.
  struct ClientFirst: Hashable, Sendable {
    let name: String
    let nonce: String
    /// `n,,`: part of what the final message must repeat.
    let gs2Header: String
    let bare: String
  }

  /// Octets of a client's nonce.
  private static let nonceLimit = 256

  /// client-first-message = gs2-header client-first-message-bare
  static func clientFirst(_ bytes: [UInt8]) -> ClientFirst? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
    // `p=` would need a channel binding that we did not offer; an authorisation identity that is
    // not empty asks to be somebody else.
    guard parts.count == 3, parts[0] == "n" || parts[0] == "y", parts[1].isEmpty else { return nil }
    let fields = parts[2].split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count >= 2, fields[0].hasPrefix("n="), fields[1].hasPrefix("r="),
      let name = unescaped(fields[0].dropFirst(2))
    else { return nil }
    let nonce = fields[1].dropFirst(2)
    guard !nonce.isEmpty, nonce.utf8.count <= nonceLimit,
      nonce.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    return ClientFirst(
      name: name, nonce: String(nonce), gs2Header: "\(parts[0]),,", bare: String(parts[2]))
  }

  /// saslname: `=2C` is a comma and `=3D` an equals sign; every other `=` is wrong.
  private static func unescaped(_ name: Substring) -> String? {
    var result = ""
    var rest = name
    while let equals = rest.firstIndex(of: "=") {
      result += rest[..<equals]
      rest = rest[equals...]
      if rest.hasPrefix("=2C") {
        result += ","
      } else if rest.hasPrefix("=3D") {
        result += "="
      } else {
        return nil
      }
      rest = rest.dropFirst(3)
    }
    return result + rest
  }

  /// server-first-message = nonce "," salt "," iteration-count
  static func serverFirst(nonce: String, verifier: PasswordVerifier) -> String {
    let salt = Data(verifier.scramSalt).base64EncodedString()
    return "r=\(nonce),s=\(salt),i=\(verifier.scramIterations)"
  }

  /// Judges the client's final message; the server's signature where it proves the password.
  static func serverFinal(
    _ bytes: [UInt8], first: ClientFirst, serverFirst: String, nonce: String,
    verifier: PasswordVerifier
  ) -> [UInt8]? {
    guard let text = String(validating: bytes, as: UTF8.self),
      let proofAt = text.range(of: ",p=", options: .backwards),
      let proof = Data(base64Encoded: String(text[proofAt.upperBound...])), proof.count == 32
    else { return nil }
    let withoutProof = String(text[..<proofAt.lowerBound])
    let fields = withoutProof.split(separator: ",", omittingEmptySubsequences: false)
    let binding = "c=" + Data(first.gs2Header.utf8).base64EncodedString()
    guard fields.count >= 2, fields[0] == binding, fields[1] == "r=\(nonce)" else { return nil }
    let authMessage = Array("\(first.bare),\(serverFirst),\(withoutProof)".utf8)
    let signature = mac(verifier.storedKey, authMessage)
    let clientKey = zip(proof, signature).map { $0 ^ $1 }
    guard isEqual(Array(SHA256.hash(data: clientKey)), verifier.storedKey) else { return nil }
    return Array(("v=" + Data(mac(verifier.serverKey, authMessage)).base64EncodedString()).utf8)
  }

  static func mac(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
  }

  /// Compares without telling by the time where the difference is.
  static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
