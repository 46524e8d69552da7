import Crypto
import CryptoExtras

/// AES on whole blocks, as locks of archives, Office documents and PDFs use it: each says for itself what of the
/// last block counts. Nil for what is no whole number of blocks, and for keys of other sizes.
enum UnpaddedAES {
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
