/// What inspection of one message brings home.
package struct Observations: Sendable {
  package var findings: [Finding]
  /// What is attached, and what is within that.
  package var files: [AttachedFile] = []
  /// Whether there are more files than are listed.
  package var hasMoreFiles = false
  /// Words that may be passwords, where the message speaks of one and somebody remembers them.
  package var passwords: [String] = []

  package init(_ findings: [Finding]) { self.findings = findings }

  /// What a report was drawn from.
  package init(_ report: InspectionReport) {
    findings = report.findings
    (files, hasMoreFiles, passwords) = (report.files, report.hasMoreFiles, report.passwords)
  }
}

/// A file that came with a message: attached, or within what is attached.
package struct AttachedFile: Hashable, Sendable {
  /// Where it stands in the tree, as findings say it: `part 2/a.zip/b.exe`.
  package let path: String
  /// The last suffix of its name, lower case; empty for none.
  package let suffix: String
  /// The leaf that it came in.
  package let place: Range<Int>?
  /// What its octets can be taken for, the riskiest first: `portableExecutable`.
  package let kinds: [String]

  /// Files of one message that are listed: what policy says of more is beyond what people mail.
  package static let countLimit = 1000
  /// Kinds of one file, and octets of a kind's name or a suffix.
  package static let kindLimit = 8
  package static let suffixLimit = 40

  package init(path: String, suffix: String, place: Range<Int>?, kinds: [String]) {
    self.path = Finding.printable(path, limit: Finding.pathLimit)
    self.suffix = Finding.printable(suffix, limit: Self.suffixLimit - 4)
    self.place = place
    self.kinds = Array(kinds.prefix(Self.kindLimit))
  }
}
