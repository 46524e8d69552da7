import Mail
import SMTP
import Testing

@testable import Spool

/// How TLS stands in records.
@Suite struct TLSRecordTests {
  @Test(arguments: [nil] + PeerProof.allCases)
  func `every proof reads back`(proof: PeerProof?) throws {
    var writer = RecordWriter()
    let facts = TLSFacts(version: "TLSv1.3", proof: proof)
    writer.write(facts)
    var reader = RecordReader(writer.bytes)
    #expect(try reader.tlsFacts() == facts)
    #expect(reader.isAtEnd)
  }

  @Test func `a proof of tomorrow is damage and no proof`() {
    var writer = RecordWriter()
    writer.text("TLSv1.3")
    writer.byte(99)
    var reader = RecordReader(writer.bytes)
    #expect(throws: RecordDamage.self) { try reader.tlsFacts() }
  }

  @Test(arguments: [(false, false), (true, false), (false, true)])
  func `what a message says of TLS reads back`(isRequired: Bool, isOptional: Bool) throws {
    var envelope = Envelope(sender: .null)
    envelope.parameters.requireTLS = isRequired
    envelope.parameters.isTLSOptional = isOptional
    var writer = RecordWriter()
    writer.write(envelope)
    var reader = RecordReader(writer.bytes)
    #expect(try reader.envelope() == envelope)
  }
}
