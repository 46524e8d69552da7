import Mail
import MailAuth
import Testing

@Suite struct STSStoreTests {
  private let now = Timestamp(microseconds: 1_800_000_000_000_000)

  private func policy(_ text: String, at seconds: Int = 0) throws -> CachedSTSPolicy {
    CachedSTSPolicy(
      policy: try STSPolicy(parsing: Array(text.utf8)), id: "a1", fetchedAt: now + seconds)
  }

  @Test func `what is kept reads back, what has ended is left out`() throws {
    let fresh = try #require(Domain("fresh.example"))
    let old = try #require(Domain("old.example"))
    let text = "version: STSv1\nmode: enforce\nmx: *.fresh.example\nmx: b.example\nmax_age: 86400\n"
    let kept = [fresh: try policy(text), old: try policy(text, at: -90_000)]
    let (written, rest) = STSStore.write(kept, now: now)
    #expect(rest.keys.map(\.ascii) == ["fresh.example"])
    #expect(STSStore.read(written, now: now) == rest)
    #expect(STSStore.read(written, now: now + 90_000).isEmpty)
  }

  @Test func `a block that can't be read costs no other`() throws {
    let text = """
      kadomori-sts 1
      a.example 1 1800000000
      version: STSv1
      mode: enforce
      max_age: 86400

      b.example 1 1800000000
      version: STSv1
      mode: testing
      mx: b.example
      max_age: 86400

      """
    #expect(STSStore.read(Array(text.utf8), now: now).keys.map(\.ascii) == ["b.example"])
    #expect(STSStore.read(Array(text.dropFirst().utf8), now: now).isEmpty)
    #expect(STSStore.read([], now: now).isEmpty)
  }

  @Test func `beyond so many domains those that end first are let go`() throws {
    let text = "version: STSv1\nmode: enforce\nmx: b.example\nmax_age: 86400\n"
    var kept: [Domain: CachedSTSPolicy] = [:]
    for number in 0...STSStore.domainLimit {
      kept[try #require(Domain("d\(number).example"))] = try policy(text, at: number % 1000 - 999)
    }
    let (written, rest) = STSStore.write(kept, now: now)
    #expect(rest.count == STSStore.domainLimit)
    #expect(STSStore.read(written, now: now).count == STSStore.domainLimit)
  }
}
