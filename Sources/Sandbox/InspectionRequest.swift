package import Inspection
package import Mail

/// What the gate sends beside the message's file: size u64, whether it is surely mail u8, a name.
package struct InspectionRequest: Sendable {
  package let size: Int
  package let submission: Submission

  package init(size: Int, _ submission: Submission) {
    self.size = size
    self.submission = submission
  }

  /// Names come from files of people; more is cut.
  private static let nameLimit = 400

  package var octets: [UInt8] {
    var writer = FrameWriter()
    writer.put(UInt64(size))
    switch submission {
    case .mail: writer.put(UInt8(0))
    case .file(let name):
      writer.put(UInt8(1))
      writer.put(name, limit: Self.nameLimit)
    }
    return writer.octets
  }

  package static func parse(_ octets: ArraySlice<UInt8>) throws(SyntaxError) -> InspectionRequest {
    var reader = FrameReader(octets)
    guard let size = Int(exactly: try reader.number(UInt64.self)) else {
      throw reader.wrong("a size")
    }
    var submission = Submission.mail
    switch try reader.number(UInt8.self) {
    case 0: break
    case 1: submission = .file(name: try reader.text(limit: nameLimit))
    default: throw reader.wrong("mail or file")
    }
    try reader.end()
    return InspectionRequest(size: size, submission)
  }
}
