import Crypto
import CryptoExtras

/// The hashes and the cipher that encrypted Office documents name (MS-OFFCRYPTO §2.3).
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
    var sum = digest(salt + wide)
    var buffer = [0, 0, 0, 0] + sum
    for index in 0..<count {
      for place in 0..<4 { buffer[place] = UInt8(truncatingIfNeeded: index >> (8 * place)) }
      buffer.replaceSubrange(4..., with: sum)
      sum = digest(buffer)
    }
    return sum
  }
}

/// AES without padding, in the two chainings that Office uses.
enum OfficeAES {
  static func chained(_ octets: [UInt8], key: [UInt8], start: [UInt8]) -> [UInt8]? {
    guard octets.count % 16 == 0, !octets.isEmpty, [16, 24, 32].contains(key.count),
      let start = try? AES._CBC.IV(ivBytes: start)
    else { return nil }
    let plain = try? AES._CBC.decrypt(
      octets, using: SymmetricKey(data: key), iv: start, noPadding: true)
    return plain.map { Array($0) }
  }

  /// Block by block: chained, and the chain taken out again.
  static func single(_ octets: [UInt8], key: [UInt8]) -> [UInt8]? {
    guard var plain = chained(octets, key: key, start: [UInt8](repeating: 0, count: 16)) else {
      return nil
    }
    for place in 16..<max(16, plain.count) { plain[place] ^= octets[place - 16] }
    return plain
  }
}
