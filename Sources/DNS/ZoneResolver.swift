/// Answers from a zone file: the DNS of tests, of the simulator, and of every command that takes
/// `--zone FILE`. `ZoneParser` says what such a file may hold.
///
/// ```
/// example.test      MX    10 mail.example.test
/// mail.example.test A     192.0.2.1
/// www.example.test  CNAME mail.example.test
/// silent.test       FAIL  TIMEOUT
/// ```
/// Names without a dot at the end are whole as long as no `$ORIGIN` stands before them. A name that
/// stands nowhere does not exist.
package struct ZoneResolver: Resolver {
  private let zone: Zone

  package init(_ zone: Zone) { self.zone = zone }

  /// For a zone that stands in a program's own text; a fault in it is a fault of the program.
  package init(_ text: String, isSecure: Bool = false) {
    do throws(ZoneFault) {
      zone = try ZoneParser.parse(Array(text.utf8), isSecure: isSecure)
    } catch {
      preconditionFailure("a zone in our own text: \(error)")
    }
  }

  package func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    zone.answer(type, of: name)
  }
}
