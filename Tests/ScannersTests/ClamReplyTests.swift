import Mail
import Testing

@testable import Scanners

@Suite struct ClamReplyTests {
  private func reply(_ text: String) -> ClamReply? { ClamReply(Array(text.utf8)[...], id: 1) }

  @Test func `each answer is what it says`() {
    #expect(reply("1: PONG") == .pong)
    #expect(reply("1: stream: OK") == .clean)
    #expect(reply("1: stream: Win.Test-1 FOUND") == .found("Win.Test-1"))
    #expect(reply("1: INSTREAM size limit exceeded. ERROR") == .tooLarge)
    #expect(
      reply("1: stream: Can't allocate memory ERROR") == .error("stream: Can't allocate memory"))
  }

  @Test(arguments: [
    "", "1", "1: ", "stream: OK", "2: stream: OK", "11: stream: OK", "1: stream: OK ",
    "1: stream: ok", "1: stream:  FOUND", "1: stream: FOUND", "1: stream: a b FOUND",
    "1: OK FOUND", "1:  ERROR", "1: stream: OK\n", "1: stream: \u{1B}[31m FOUND", "1: x OK",
    "1: ClamAV 1/x/y", "1: ClamAV 1/2", "1: ClamAV 1.4.6/27000/Mon Nov 99 09:26:31 2025",
  ])
  func `what no clamd says is no answer`(text: String) {
    #expect(reply(text) == nil)
  }

  @Test func `a version tells how old its signatures are`() {
    guard case .version(let told) = reply("1: ClamAV 1.4.6/27830/Mon Nov 24 09:26:31 2025") else {
      Issue.record("not read")
      return
    }
    #expect(told.program == "ClamAV 1.4.6")
    #expect(told.database == 27830)
    #expect(told.databaseSeconds == 1_763_976_391)
    guard case .version(let bare) = reply("1: ClamAV 1.4.6") else {
      Issue.record("not read")
      return
    }
    #expect(bare.database == nil)
  }

  @Test(arguments: ["x", "/", "1.2.3.4", "host:3310", "1.2.3.4:0", ":3310", "[::1]", ""])
  func `an address that is none`(text: String) {
    #expect((ClamAddress(text) == nil) == (text != "/"))
  }

  @Test func `addresses of each kind`() {
    #expect(ClamAddress("/run/clamav/clamd.ctl") == .local("/run/clamav/clamd.ctl"))
    #expect(ClamAddress("127.0.0.1:3310") == .network(.v4(0x7F00_0001), port: 3310))
    #expect(ClamAddress("[::1]:3310") == .network(.v6(high: 0, low: 1), port: 3310))
  }
}
