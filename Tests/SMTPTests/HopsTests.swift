import Mail
import SMTP
import Testing

@Suite struct HopsTests {
  private func hops(_ text: String) -> Hops {
    Hops(HeaderFields(Array(text.utf8)), hostname: "gate.example.test")
  }

  @Test(arguments: [
    "from a by gate.example.test with SMTP id 1; date",
    "from a (b [192.0.2.1])\r\n\tby GATE.example.test (Kadomori)",
    "from a BY gate.example.test(x); date", "(a (nested) comment) by gate.example.test",
    "from \"by\" by gate.example.test",
  ])
  func `a field that names us as the receiver is our own`(value: String) {
    let hops = hops("Received: \(value)\r\n\r\n")
    #expect(hops.all == 1)
    #expect(hops.own == 1)
  }

  @Test(arguments: [
    "from gate.example.test by b", "from a (by gate.example.test) by b",
    "from a by gate.example.test.b", "from \"by gate.example.test\" by b", "by", "",
    "from a (\\) by gate.example.test",
  ])
  func `a field that names us elsewhere is not`(value: String) {
    #expect(hops("Received: \(value)\r\n\r\n").own == 0)
  }

  @Test func `what stands before the client's first octet is not counted`() {
    let ours = "Received: from a by gate.example.test; date\r\n"
    let header = HeaderFields(Array((ours + "Received: from b by c; date\r\n\r\n").utf8))
    let hops = Hops(header, hostname: "gate.example.test", behind: ours.utf8.count)
    #expect(hops.all == 1)
    #expect(hops.own == 0)
  }

  @Test func `a header section that the bytes cut is not ended`() {
    #expect(!HeaderFields(Array("A: b\r\nRecei".utf8)).isEnded)
    #expect(!HeaderFields(Array("A: b\r\n".utf8)).isEnded)
    #expect(HeaderFields(Array("A: b\r\n\r\n".utf8)).isEnded)
    #expect(HeaderFields(Array("A: b\r\nno field\r\nB: c".utf8)).isEnded)
  }
}
