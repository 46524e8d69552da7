import Foundation
import Mail
import SMTP
import Testing
import Transport

/// The web client against a server that is slow, or sends without end.
@Suite(.enabled(if: Peer.has("python3"), "needs python3: scripts/setup --tests"), .serialized)
struct HTTPSClientTests {
  @Test func `slow and endless answers end at their bounds`() async throws {
    let peers = try TransportPeers()
    defer { peers.end() }
    for name in ["slow", "huge", "good", "redirect", "endless", "cut"] {
      let host = "mta-sts.\(name).plain.example"
      try peers.write("\(host).pem", try peers.authority.identity([host]).pem)
      try peers.write("\(host).txt", "version: STSv1\nmode: none\nmax_age: 1\n")
    }
    let port = try await peers.startPython("policyhost.py", [peers.folder])
    let loops = EventLoops(threads: 1)
    let web = HTTPSClient(loops: loops, authorities: peers.folder + "/authority.pem")
    func get(_ name: String, _ client: HTTPSClient, seconds: Int) async throws
      -> Result<WebAnswer, WebFailure>
    {
      let request = WebRequest(
        .get, host: try #require(Domain("mta-sts.\(name).plain.example")),
        address: try #require(IPAddress("127.0.0.1")), port: port,
        path: "/.well-known/mta-sts.txt", sizeLimit: 65_536, seconds: seconds)
      return await client.send(request)
    }
    #expect(try await get("good", web, seconds: 30).get().status == 200)
    #expect(try await get("slow", web, seconds: 3) == .failure(.timedOut))
    #expect(try await get("huge", web, seconds: 30) == .failure(.tooLarge))
    // Of the gigabyte only what two sockets hold has left its host: more can't have been kept here.
    let isTold = await Peer.eventually {
      FileManager.default.fileExists(atPath: peers.folder + "/sent")
    }
    #expect(isTold)
    let sent = try String(contentsOfFile: peers.folder + "/sent", encoding: .utf8)
    #expect(try #require(Int(sent)) < 32 << 20)
    // A redirect is an answer like any other, and followed by nobody.
    #expect(try await get("redirect", web, seconds: 30).get().status == 302)
    // Where no length and no close_notify say that it is whole, it may have been cut: a fault of the
    // connection, not of the certificate.
    for name in ["endless", "cut"] {
      let result = try await get(name, web, seconds: 30)
      guard case .failure(.unreachable) = result else {
        Issue.record("\(name): \(result)")
        continue
      }
    }
    let blind = HTTPSClient(loops: loops)
    guard case .failure(.untrusted) = try await get("good", blind, seconds: 30) else {
      Issue.record("a stranger's authority was believed")
      return
    }
    await loops.stop()
  }
}
