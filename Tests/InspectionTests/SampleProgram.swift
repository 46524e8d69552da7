/// As much of a Windows program as shows what it is.
enum SampleProgram {
  static let octets: [UInt8] = {
    var octets = [UInt8](repeating: 0, count: 512)
    octets.replaceSubrange(0..<2, with: Array("MZ".utf8))
    octets[0x3C] = 0x80
    octets.replaceSubrange(0x80..<0x84, with: Array("PE\0\0".utf8))
    return octets
  }()
}
