/// How an address of type `utf-8` stands in ORCPT (RFC 6533 §3): UTF-8 as it is, or `\x{HEX}` for what
/// may not stand there.
package enum InternationalAddressText {
  /// Nil when an escape is broken or an octet may not stand there.
  package static func decode(_ text: some Collection<UInt8>) -> String? {
    guard let whole = String(validating: Array(text), as: UTF8.self) else { return nil }
    var output = ""
    var rest = whole.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar != "\\" {
        guard scalar.value > 0x20, scalar.value != 0x7F, scalar != "+", scalar != "=" else {
          return nil
        }
        output.unicodeScalars.append(scalar)
        continue
      }
      let digits = rest.dropFirst(2).prefix { $0 != "}" }
      guard rest.starts(with: "x{".unicodeScalars), (2...6).contains(digits.count),
        digits.allSatisfy({ $0.properties.isASCIIHexDigit }), digits.endIndex < rest.endIndex,
        let value = UInt32(String(digits), radix: 16), let escaped = Unicode.Scalar(value),
        escaped.value >= 0x20, escaped.value != 0x7F
      else { return nil }
      output.unicodeScalars.append(escaped)
      rest = rest.dropFirst(2 + digits.count + 1)
    }
    return output
  }

  /// In ASCII (utf-8-addr-xtext), which any server that knows the type understands.
  package static func encode(_ address: String) -> String {
    var output = ""
    for scalar in address.unicodeScalars {
      let isPlain = (0x21...0x7E).contains(scalar.value) && !"\\+=".unicodeScalars.contains(scalar)
      if isPlain {
        output.unicodeScalars.append(scalar)
      } else {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        output += "\\x{" + (hex.utf8.count < 2 ? "0" + hex : hex) + "}"
      }
    }
    return output
  }
}
