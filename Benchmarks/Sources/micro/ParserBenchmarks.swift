import CCount
import Mail
import SMTP

/// How many octets a second each parser reads, and what a session costs, on one core.
enum ParserBenchmarks {
  static func rows() -> [Table.Row] {
    [
      parser("commands", octets: commandOctets, readCommands),
      parser("content, dots and line ends", octets: stuffed.count, decodeContent),
      parser("header fields", octets: SampleMail.headerLength) {
        HeaderFields(SampleMail.plain).first("Message-ID") != nil
      },
      parser("message, 4 KB plain", octets: SampleMail.plain.count) {
        Message(SampleMail.plain).defects.isEmpty
      },
      parser("message, multipart", octets: SampleMail.multipart.count) {
        Message(SampleMail.multipart).parts.count == 5
      },
      parser("the same, all text decoded", octets: SampleMail.multipart.count) {
        let message = Message(SampleMail.multipart)
        return message.leaves.allSatisfy { !message.text(of: $0.reading).text.isEmpty }
      },
      SessionBenchmark.row(),
    ]
  }

  /// Runs for half a second of processor; `work` says whether it came out as it should.
  private static func parser(_ name: String, octets: Int, _ work: () -> Bool) -> Table.Row {
    let run = repeated(work, name)
    return Table.Row(
      name: name,
      cells: [
        ("MB/s", Double(octets * run.count) / run.seconds / 1e6),
        ("µs", run.seconds / Double(run.count) * 1e6), ("allocations", run.allocations),
      ])
  }

  /// How often `work` was done, in how many seconds of processor, and what it asked of the allocator each time.
  static func repeated(
    _ work: () -> Bool, _ name: String
  ) -> (count: Int, seconds: Double, allocations: Double) {
    precondition(work(), "\(name) does not come out as it should")
    let (start, made) = (Machine.processor, allocations_made())
    var (count, batch) = (0, 1)
    while true {
      for _ in 0..<batch { precondition(work()) }
      count += batch
      let seconds = Machine.processor - start
      if seconds > 0.5 {
        return (count, seconds, Double(allocations_made() - made) / Double(count))
      }
      batch = min(batch * 2, 1000)
    }
  }

  private static let commands = [
    "EHLO client.example", "MAIL FROM:<yamada@example.jp> SIZE=4300 BODY=8BITMIME",
    "RCPT TO:<somebody@example.test> NOTIFY=FAILURE,DELAY", "DATA", "QUIT",
  ].map { Array($0.utf8) }

  private static let commandOctets = commands.reduce(0) { $0 + $1.count + 2 }

  private static func readCommands() -> Bool {
    commands.allSatisfy { line in (try? CommandParser().parse(line[...])) != nil }
  }

  /// A message as it stands on the wire.
  static let stuffed: [UInt8] = {
    var encoder = ContentEncoder()
    var wire: [UInt8] = []
    encoder.encode(SampleMail.plain, into: &wire)
    return wire + encoder.end()
  }()

  private static func decodeContent() -> Bool {
    var decoder = ContentDecoder(rules: WireRules(), sizeLimit: 1 << 30)
    var output: [UInt8] = []
    output.reserveCapacity(stuffed.count)
    return stuffed.withUnsafeBytes { decoder.decode($0, into: &output) }.end == .complete
  }
}
