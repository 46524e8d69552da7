import Crypto

/// The hashes that encrypted Office documents name (MS-OFFCRYPTO §2.3).
enum OfficeHash: String {
  case md5 = "MD5"
  case sha1 = "SHA1"
  case sha256 = "SHA256"
  case sha384 = "SHA384"
  case sha512 = "SHA512"

  init?(name: String) {
    self.init(rawValue: name.uppercased().filter { $0 != "-" })
  }

  func digest(_ octets: [UInt8]) -> [UInt8] {
    switch self {
    case .md5: Self.digest(Insecure.MD5(), octets)
    case .sha1: Self.digest(Insecure.SHA1(), octets)
    case .sha256: Self.digest(SHA256(), octets)
    case .sha384: Self.digest(SHA384(), octets)
    case .sha512: Self.digest(SHA512(), octets)
    }
  }

  private static func digest(_ function: some HashFunction, _ octets: [UInt8]) -> [UInt8] {
    var function = function
    octets.withUnsafeBytes { function.update(bufferPointer: $0) }
    return Array(function.finalize())
  }

  /// The password hashed with its salt, then `count` times more with a counter in front.
  func spun(_ password: String, salt: [UInt8], count: Int) -> [UInt8] {
    let wide = password.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    var buffer = [0, 0, 0, 0] + digest(salt + wide)
    switch self {
    case .md5: Self.spin(Insecure.MD5.self, &buffer, count)
    case .sha1: Self.spin(Insecure.SHA1.self, &buffer, count)
    case .sha256: Self.spin(SHA256.self, &buffer, count)
    case .sha384: Self.spin(SHA384.self, &buffer, count)
    case .sha512: Self.spin(SHA512.self, &buffer, count)
    }
    return Array(buffer.dropFirst(4))
  }

  /// `buffer` is a counter, the least octet first, and the last hash, over which the next one is written.
  private static func spin(
    _ function: (some HashFunction).Type, _ buffer: inout [UInt8], _ count: Int
  ) {
    for index in 0..<count {
      buffer.withUnsafeMutableBytes { bytes in
        for place in 0..<4 { bytes[place] = UInt8(truncatingIfNeeded: index >> (8 * place)) }
        var hash = function.init()
        hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        for (place, octet) in hash.finalize().enumerated() { bytes[4 + place] = octet }
      }
    }
  }
}
