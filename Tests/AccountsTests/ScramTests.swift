import Crypto
import Foundation
import Mail
import Testing

@testable import Accounts

@Suite struct ScramTests {
  // The example of RFC 7677 §3.
  private let clientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
  private let serverFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
  private let clientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
  private let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"

  private func verifier() throws -> PasswordVerifier {
    let salt = Array(try #require(Data(base64Encoded: "W22ZaJ0SNY7soEsUEjb6gQ==")))
    var verifier = try PasswordVerifier(
      password: Array("pencil".utf8), salt: salt, scramSalt: salt)
    let salted = try PasswordVerifier.saltedPassword(
      Array("pencil".utf8), salt: salt, iterations: 4096)
    verifier.scramIterations = 4096
    verifier.serverKey = Scram.mac(salted, Array("Server Key".utf8))
    verifier.storedKey = Array(SHA256.hash(data: Scram.mac(salted, Array("Client Key".utf8))))
    return verifier
  }

  @Test func `the example of RFC 7677 is answered as it says`() throws {
    let first = try #require(Scram.clientFirst(Array(clientFirst.utf8)))
    let verifier = try verifier()
    #expect(Scram.serverFirst(nonce: nonce, verifier: verifier) == serverFirst)
    let final = Scram.serverFinal(
      Array(clientFinal.utf8), first: first, serverFirst: serverFirst, nonce: nonce,
      verifier: verifier)
    #expect(
      final.map { String(decoding: $0, as: UTF8.self) }
        == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
  }

  @Test(arguments: [("biws", "eSws"), ("hvYD", "hvYE"), ("dHzb", "dHzc"), (",p=", ",q=")])
  func `a final message that was changed proves nothing`(part: String, other: String) throws {
    let first = try #require(Scram.clientFirst(Array(clientFirst.utf8)))
    let changed = clientFinal.replacingOccurrences(of: part, with: other)
    let final = Scram.serverFinal(
      Array(changed.utf8), first: first, serverFirst: serverFirst, nonce: nonce,
      verifier: try verifier())
    #expect(final == nil)
  }

  @Test(arguments: [
    "", "n,,", "p=tls-unique,,n=user,r=x", "n,a=boss,n=user,r=x", "n,,n=us=er,r=x", "n,,n=user",
    "n,,n=user,r=", "n,,m=ext,n=user,r=x",
  ])
  func `a wrong first message is refused`(message: String) {
    #expect(Scram.clientFirst(Array(message.utf8)) == nil)
  }

  @Test func `an unknown account gets a salt of its own, always the same`() throws {
    let path = NSTemporaryDirectory() + "kadomori-scram-" + UUID().uuidString
    let store = try AccountStore.open(path: path)
    let here = try #require(IPAddress("192.0.2.1"))
    let salts = try (0..<2).map { _ in
      let authenticator = Authenticator(store: store, clock: TurnedClock())
      let step = authenticator.begin("SCRAM-SHA-256", client: here)?.respond(
        Array("n,,n=ghost,r=abc".utf8))
      guard case .challenge(let bytes) = step else {
        throw AccountFailure.unknown("ghost")
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix("r=abc") && text.hasSuffix(",i=10000"))
      return text.split(separator: ",")[1]
    }
    #expect(salts[0] == salts[1])
    try FileManager.default.removeItem(atPath: path)
  }
}
