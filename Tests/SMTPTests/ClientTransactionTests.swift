import Mail
import Testing

@testable import SMTP

@Suite struct ClientTransactionTests {
  /// What the machine wanted, to be compared.
  private enum Wish: Equatable {
    case wait
    case send(String)
    case content(ContentCoding)
    case done(TransactionResult)

    init(_ step: ClientTransaction.Step) {
      switch step {
      case .wait: self = .wait
      case .send(let bytes): self = .send(String(decoding: bytes, as: UTF8.self))
      case .sendContent(let coding): self = .content(coding)
      case .done(let result): self = .done(result)
      }
    }
  }

  private func machine(
    _ names: [String] = ["a", "b"], _ offers: String..., speaks: ClientProtocol = .smtp,
    body: BodyKind? = nil
  ) -> ClientTransaction {
    var parameters = MailParameters()
    parameters.body = body
    let recipients = names.map { Recipient(path: ForwardPath(mailbox: Mailbox("\($0)@x.example"))) }
    return ClientTransaction(
      envelope: Envelope(sender: .null, parameters: parameters, recipients: recipients), size: 9,
      extensions: ServerExtensions(helloLines: offers), speaks: speaks)
  }

  /// The wishes after the beginning and after each reply; content is sent when it is wished for.
  private func play(_ machine: ClientTransaction, _ replies: Reply...) -> [Wish] {
    var machine = machine
    var wishes = [Wish(machine.begin())]
    for reply in replies {
      wishes.append(Wish(machine.received(reply)))
      if case .content = wishes.last { machine.contentSent() }
    }
    return wishes
  }

  private let ok = Reply(250, nil, "ok")
  private let go = Reply(354, nil, "go on")
  private let no = Reply(550, .init(5, 1, 1), "no")
  private let later = Reply(451, .init(4, 3, 0), "later")
  private let bye = Reply(421, .init(4, 3, 2), "bye")
  private let mail = "MAIL FROM:<>\r\n"
  private let first = "RCPT TO:<a@x.example>\r\n"
  private let second = "RCPT TO:<b@x.example>\r\n"

  @Test func `without PIPELINING each command waits for the reply before it`() {
    let wishes = play(machine(), ok, ok, no, go, ok)
    #expect(
      wishes == [
        .send(mail), .send(first), .send(second), .send("DATA\r\n"), .content(.dotted),
        .done(.answered([.accepted(ok), .refused(no, to: "RCPT")])),
      ])
  }

  @Test func `with PIPELINING the whole group goes out at once`() {
    let wishes = play(machine(["a", "b"], "PIPELINING"), ok, no, ok, go, later)
    #expect(wishes[0] == .send(mail + first + second + "DATA\r\n"))
    #expect(wishes[1...3] == [.wait, .wait, .wait])
    #expect(wishes[4] == .content(.dotted))
    #expect(
      wishes[5]
        == .done(.answered([.refused(no, to: "RCPT"), .refused(later, to: "end of data")])))
  }

  @Test(arguments: [false, true])
  func `LMTP answers once for each recipient that was taken`(isPipelined: Bool) {
    let machine = machine(["a", "b", "c"], isPipelined ? "PIPELINING" : "SIZE", speaks: .lmtp)
    let wishes = play(machine, ok, ok, no, ok, go, later, ok)
    #expect(wishes[6] == .wait)
    #expect(
      wishes[7]
        == .done(
          .answered([
            .refused(later, to: "end of data"), .refused(no, to: "RCPT"), .accepted(ok),
          ])))
  }

  @Test func `whom LMTP has answered for has its outcome when the connection breaks`() {
    var machine = machine(["a", "b", "c"], speaks: .lmtp)
    _ = machine.begin()
    for reply in [ok, ok, no, ok, go] { _ = machine.received(reply) }
    machine.contentSent()
    let gone = ClientFailure.closed(during: "end of data")
    #expect(machine.lost(gone) == .lost(gone, afterContent: true))
    _ = machine.received(ok)
    let answers: [ClientOutcome?] = [.accepted(ok), .refused(no, to: "RCPT"), nil]
    #expect(machine.lost(gone) == .lost(gone, afterContent: true, answers: answers))
    let rejected = ClientFailure.rejected(bye, during: "end of data")
    #expect(
      Wish(machine.received(bye))
        == .done(.lost(rejected, afterContent: false, answers: answers)))
  }

  @Test func `a refused MAIL is what every recipient hears`() {
    let refused: Wish = .done(.answered([.refused(no, to: "MAIL"), .refused(no, to: "MAIL")]))
    #expect(play(machine(), no, ok) == [.send(mail), .send("RSET\r\n"), refused])
    let piped = play(machine(["a", "b"], "PIPELINING"), no, no, no, no, ok)
    #expect(piped.suffix(2) == [.send("RSET\r\n"), refused])
  }

  @Test func `when nobody is taken DATA is not said, and the next transaction starts clean`() {
    let wishes = play(machine(), ok, no, later, ok)
    #expect(wishes[3] == .send("RSET\r\n"))
    #expect(
      wishes[4]
        == .done(.answered([.refused(no, to: "RCPT"), .refused(later, to: "RCPT")])))
  }

  @Test func `a 354 without a recipient is ended by a lone dot and nothing is sent`() {
    let wishes = play(machine(["a"], "PIPELINING"), ok, no, go, no)
    #expect(wishes[3] == .send(".\r\n"))
    #expect(wishes[4] == .done(.answered([.refused(no, to: "RCPT")])))
    // A server that takes recipients behind a refused MAIL is not believed.
    let odd = play(machine(["a"], "PIPELINING"), no, ok, go, ok)
    #expect(odd[3] == .send(".\r\n"))
    #expect(odd[4] == .done(.answered([.refused(no, to: "MAIL")])))
  }

  @Test func `a refused DATA is what the taken recipients hear`() {
    let wishes = play(machine(["a", "b"], "PIPELINING"), ok, no, ok, later, ok)
    #expect(wishes[4] == .send("RSET\r\n"))
    #expect(
      wishes[5]
        == .done(.answered([.refused(no, to: "RCPT"), .refused(later, to: "DATA")])))
  }

  @Test(arguments: [(0, "MAIL"), (1, "RCPT"), (2, "RCPT"), (3, "DATA"), (4, "end of data")])
  func `421 ends the connection wherever it comes`(place: Int, stage: String) {
    for offer in ["PIPELINING", "SIZE"] {
      var machine = machine(["a", "b"], offer)
      _ = machine.begin()
      for reply in [ok, ok, ok, go].prefix(place) {
        if case .sendContent = machine.received(reply) { machine.contentSent() }
      }
      // It says that nothing was kept, so sending again makes no duplicate.
      #expect(
        Wish(machine.received(bye))
          == .done(.lost(.rejected(bye, during: stage), afterContent: false)))
    }
  }

  @Test func `421 to RSET ends the connection too`() {
    let wishes = play(machine(["a"]), ok, no, bye)
    #expect(wishes[3] == .done(.lost(.rejected(bye, during: "RSET"), afterContent: false)))
  }

  @Test func `an answer before the content's end is about no message`() {
    var machine = machine(["a"])
    _ = machine.begin()
    for reply in [ok, ok, go] { _ = machine.received(reply) }
    #expect(!machine.isAfterContent)
    #expect(
      Wish(machine.received(ok))
        == .done(.lost(.rejected(ok, during: "content"), afterContent: false)))
  }

  @Test(arguments: [false, true])
  func `binary content goes behind BDAT, when somebody was taken`(isPipelined: Bool) {
    let offer = isPipelined ? "PIPELINING" : "DSN"
    let binary = machine(["a", "b"], offer, "CHUNKING", "BINARYMIME", body: .binaryMIME)
    let wishes = play(binary, ok, no, ok, ok)
    let begin = "MAIL FROM:<> BODY=BINARYMIME\r\n"
    #expect(wishes[0] == .send(isPipelined ? begin + first + second : begin))
    #expect(wishes[3] == .content(.chunk(size: 9)))
    #expect(wishes[4] == .done(.answered([.refused(no, to: "RCPT"), .accepted(ok)])))
    #expect(play(binary, ok, no, no)[3] == .send("RSET\r\n"))
  }

  @Test(arguments: [["SIZE"], ["CHUNKING"], ["BINARYMIME"]])
  func `binary content goes back where BDAT can't carry it`(offers: [String]) {
    let binary = machine(["a"], offers[0], body: .binaryMIME)
    guard case .done(.answered(let outcomes)) = play(binary)[0] else {
      Issue.record("something was sent")
      return
    }
    guard case .incapable(_, let status) = outcomes[0] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(status == EnhancedStatus(5, 6, 1))
  }

  @Test func `ordinary mail goes by DATA also where CHUNKING is offered`() {
    let wishes = play(machine(["a"], "CHUNKING", "BINARYMIME", "8BITMIME"), ok, ok, go)
    #expect(wishes.suffix(2) == [.send("DATA\r\n"), .content(.dotted)])
  }
}
