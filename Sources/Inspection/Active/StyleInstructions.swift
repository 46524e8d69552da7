import Documents
import Mail

/// Style sheets that an XML document names before its first element: a browser has one that is XSLT make a
/// page of the document, scripts and all.
///
///     <?xml-stylesheet type="text/xsl" href="https://…"?>   <?xml-stylesheet href="data:text/xml;base64,…"?>
struct StyleInstructions {
  /// Where the first one stands that is fetched from elsewhere; empty where none is.
  private(set) var remote = ""
  /// What those are that stand in their own address.
  private(set) var carried: [[UInt8]] = []

  /// Instructions that are read, and octets of one.
  private static let (countLimit, sizeLimit) = (20, 1 << 20)
  private static let shownLimit = 200
  private static let (mark, end) = (Array("<?xml-stylesheet".utf8), Array("?>".utf8))

  init(_ octets: [UInt8]) {
    for place in octets.places(of: Self.mark, limit: Self.countLimit) {
      let rest = Array(octets[(place + 2)...].prefix(Self.sizeLimit))
      let text = rest.places(of: Self.end, limit: 1).first.map { rest[..<$0] } ?? rest[...]
      var reader = TagReader([0x3C] + text)
      if let tag = reader.next() { take(tag) }
    }
  }

  private mutating func take(_ tag: TagReader.Tag) {
    guard let address = tag["href"]?.filter({ $0 > 0x20 }) else { return }
    let type = tag["type"].map { String(decoding: $0.map(\.lowered), as: UTF8.self) } ?? ""
    guard !type.contains("css") else { return }
    let start = String(decoding: address.prefix(12).map(\.lowered), as: UTF8.self)
    if start.hasPrefix("data:") {
      carried.append(DataAddress(address).octets)
    } else if Self.elsewhere.contains(where: start.hasPrefix), remote.isEmpty {
      remote = String(decoding: address.prefix(Self.shownLimit), as: UTF8.self)
    }
  }

  private static let elsewhere = ["http:", "https:", "ftp:", "file:", "//", "\\\\"]
}
