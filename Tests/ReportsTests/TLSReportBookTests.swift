import Mail
import Reports
import Testing

@Suite struct TLSReportBookTests {
  private func policy(_ domain: String) -> TLSReport.Policy {
    .init(type: "sts", strings: ["version: STSv1"], domain: domain)
  }

  @Test func `sessions are counted by day and domain, and outlive a restart`() throws {
    let (one, other) = try (#require(Domain("a.example")), #require(Domain("b.example")))
    var book = TLSReportBook()
    for _ in 0..<3 { book.add(100, one, policy("a.example"), nil) }
    for _ in 0..<2 {
      book.add(100, one, policy("a.example"), .init(type: "certificate-expired", sessions: 1))
    }
    book.add(100, other, policy("b.example"), nil)
    book.add(101, one, policy("a.example"), nil)
    var again = TLSReportBook(json: book.json)
    #expect(again.days(before: 101) == [100])
    let results = again.results(of: 100)
    #expect(results.map(\.domain.ascii) == ["a.example", "b.example"])
    #expect(results[0].results.map(\.summary) == [.init(successes: 3, failures: 2)])
    #expect(results[0].results[0].failures?.map(\.sessions) == [2])
    again.drop(100, one)
    again.drop(100, other)
    #expect(again.days(before: 200) == [101])
    again.add(101, one, policy("a.example"), nil)
    #expect(again.results(of: 101)[0].results.map(\.summary.successes) == [2])
  }

  @Test func `domains and days have bounds`() throws {
    var book = TLSReportBook()
    for number in 0...TLSReportBook.domainLimit {
      book.add(1, try #require(Domain("d\(number).example")), policy("x"), nil)
    }
    #expect(book.results(of: 1).count == TLSReportBook.domainLimit)
    let domain = try #require(Domain("a.example"))
    for day in 2...9 { book.add(day, domain, policy("x"), nil) }
    #expect(book.days(before: 100) == [7, 8, 9])
    book.add(1, domain, policy("x"), nil)
    #expect(book.days(before: 100) == [7, 8, 9])
  }

  @Test func `what is no book is an empty one`() {
    for text in ["", "x", "[{}]", "{}"] {
      #expect(TLSReportBook(json: Array(text.utf8)).days(before: .max).isEmpty)
    }
  }
}
