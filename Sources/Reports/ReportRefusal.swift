package import Mail

/// Why something that was sent as a report is not read, by name.
package enum ReportRefusal: Error, Hashable, Sendable {
  /// Not what its grammar says, and where.
  case malformed(SyntaxError)
  /// Neither DMARC, TLS-RPT, ARF nor a delivery report, nor a mail or an archive with one in it.
  case notAReport
  /// A document type would bring entities, and with them files, hosts and a billion laughs.
  case documentType
  /// An entity that no document type could have declared.
  case entity(String)
  /// A character encoding that reports are not written in.
  case encoding(String)
  /// An archive's way of packing or an option of it that no report needs: encryption, zip64 and
  /// others.
  case packing(String)
  /// Packed data that does not unpack, or not to what it says it is.
  case damaged
  /// More of something than the bound that is named.
  case tooMuch(String, limit: Int)
}

extension ReportRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let error): "\(error)"
    case .notAReport: "no DMARC, TLS-RPT, ARF or delivery report"
    case .documentType: "has a document type (DOCTYPE), which no report needs and attacks use"
    case .entity(let name): "uses the entity &\(name);, which no report needs and attacks use"
    case .encoding(let name): "is written in \(name); reports are in UTF-8"
    case .packing(let what): "is packed in a way that is not read: \(what)"
    case .damaged: "is damaged: it does not unpack to what it says"
    case .tooMuch(let what, let limit): "has more than \(limit) \(what)"
    }
  }
}
