import Mail

/// An address that carries its content (RFC 2397): `data:type;base64,…` or with `%xx`.
struct DataAddress {
  let octets: [UInt8]

  init(_ address: [UInt8]) {
    guard let comma = address.firstIndex(of: 0x2C) else {
      octets = []
      return
    }
    let head = String(decoding: address[..<comma].prefix(200), as: UTF8.self).lowercased()
    let plain = PageUnwrapping.percentDecoded(Array(address[(comma + 1)...]))
    octets = head.hasSuffix(";base64") ? BodyDecoder.decode(plain[...], .base64).octets : plain
  }
}
