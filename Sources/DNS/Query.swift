import CUnbound
import Synchronization

/// One question to libunbound, answered once.
final class Query: Sendable {
  typealias Answer = Result<DNSAnswer<[UInt8]>, DNSFailure>

  private struct Contents {
    var tell: (@Sendable (Answer) -> Void)?
    var number: Int32?
  }

  /// Seconds of the monotonic clock.
  let deadline: Int
  private let contents: Mutex<Contents>

  init(deadline: Int, tell: @escaping @Sendable (Answer) -> Void) {
    self.deadline = deadline
    contents = Mutex(Contents(tell: tell))
  }

  /// libunbound's number, to cancel by; nil before it is known and after the answer.
  var number: Int32? { contents.withLock { $0.number } }
  var isFinished: Bool { contents.withLock { $0.tell == nil } }

  func isAsked(as number: Int32) {
    contents.withLock { contents in
      if contents.tell != nil { contents.number = number }
    }
  }

  func finish(_ answer: Answer) {
    let tell = contents.withLock { contents in
      defer { (contents.tell, contents.number) = (nil, nil) }
      return contents.tell
    }
    tell?(answer)
  }

  func answered(_ code: Int32, _ result: UnsafeMutablePointer<ub_result>?) {
    defer { ub_resolve_free(result) }
    guard code == 0, let result = result?.pointee else {
      return finish(.failure(.serverFailure(String(cString: ub_strerror(code)))))
    }
    finish(Self.read(result))
  }

  /// Records of one answer that are looked at.
  private static let recordLimit = 1000

  private static func read(_ result: ub_result) -> Answer {
    if result.bogus != 0 {
      return .failure(.bogus(result.why_bogus.map { String(cString: $0) } ?? "no reason given"))
    }
    if result.nxdomain != 0 { return .failure(.noSuchName) }
    guard result.rcode == 0 else {
      return .failure(.serverFailure(words[result.rcode] ?? "rcode \(result.rcode)"))
    }
    guard result.havedata != 0 else { return .failure(.noRecords) }
    var records: [[UInt8]] = []
    while records.count < recordLimit, let piece = result.data[records.count] {
      let length = Int(result.len[records.count])
      records.append(Array(UnsafeRawBufferPointer(start: piece, count: length)))
    }
    // libunbound names the last of a chain of aliases, or nothing.
    let canonicalName = result.canonname.flatMap { DNSName(String(cString: $0)) }
    return .success(
      DNSAnswer(records, isSecure: result.secure != 0, canonicalName: canonicalName))
  }

  private static let words: [Int32: String] = [
    1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED",
  ]
}

/// The questions under way.
final class Queries: Sendable {
  private struct Contents {
    var open: [ObjectIdentifier: Query] = [:]
    var isClosed = false
  }
  private let contents = Mutex(Contents())

  var isClosed: Bool { contents.withLock { $0.isClosed } }

  func close() { contents.withLock { $0.isClosed = true } }

  /// False when there are too many, or none are taken any more.
  func add(_ query: Query, limit: Int) -> Bool {
    contents.withLock { contents in
      if contents.open.count >= limit {
        contents.open = contents.open.filter { !$0.value.isFinished }
      }
      guard !contents.isClosed, contents.open.count < limit else { return false }
      contents.open[ObjectIdentifier(query)] = query
      return true
    }
  }

  /// Takes out what should have been answered by `now`, and forgets what was.
  func takeLate(now: Int) -> [Query] {
    contents.withLock { contents in
      contents.open = contents.open.filter { !$0.value.isFinished }
      let late = contents.open.values.filter { $0.deadline <= now }
      for query in late { contents.open[ObjectIdentifier(query)] = nil }
      return late
    }
  }
}
