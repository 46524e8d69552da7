/// Punycode (RFC 3492): the ASCII form of one label of an internationalised domain name.
enum Punycode {
  private static let base = 36
  private static let minimum = 1
  private static let maximum = 26
  private static let skew = 38
  private static let damp = 700
  private static let initialBias = 72
  private static let initialCode: UInt32 = 0x80

  /// The part behind `xn--`; nil when a number overflows.
  static func encode(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
    var output = scalars.filter(\.isASCII).map { UInt8(ascii: $0) }
    let basic = output.count
    if basic > 0 { output.append(0x2D) }
    var (code, delta, bias, handled) = (initialCode, 0, initialBias, basic)
    while handled < scalars.count {
      guard let next = scalars.map(\.value).filter({ $0 >= code }).min() else { return nil }
      delta += Int(next - code) * (handled + 1)
      guard delta < Int(UInt32.max) else { return nil }
      code = next
      for scalar in scalars {
        if scalar.value < code { delta += 1 }
        guard scalar.value == code else { continue }
        output += integer(delta, bias)
        bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return output
  }

  /// The reverse; nil for what no encoder makes.
  static func decode(_ bytes: some BidirectionalCollection<UInt8>) -> [Unicode.Scalar]? {
    let input = Array(bytes)
    let delimiter = input.lastIndex(of: 0x2D)
    var output = input[..<(delimiter ?? 0)].map { Unicode.Scalar($0) }
    guard output.allSatisfy(\.isASCII) else { return nil }
    var (code, index, bias) = (Int(initialCode), 0, initialBias)
    var position = delimiter.map { $0 + 1 } ?? 0
    while position < input.count {
      let before = index
      guard let delta = integer(input, &position, bias) else { return nil }
      index += delta
      let count = output.count + 1
      bias = adapted(index - before, count: count, isFirst: before == 0)
      code += index / count
      guard code <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
      index %= count
      output.insert(scalar, at: index)
      index += 1
    }
    return output
  }

  private static func integer(_ value: Int, _ bias: Int) -> [UInt8] {
    var digits: [UInt8] = []
    var (rest, k) = (value, base)
    while true {
      let threshold = min(max(k - bias, minimum), maximum)
      guard rest >= threshold else { break }
      digits.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      k += base
    }
    return digits + [digit(rest)]
  }

  private static func integer(_ input: [UInt8], _ position: inout Int, _ bias: Int) -> Int? {
    var (value, weight, k) = (0, 1, base)
    while position < input.count {
      guard let digit = digit(of: input[position]) else { return nil }
      position += 1
      value += digit * weight
      guard value < Int(UInt32.max) else { return nil }
      let threshold = min(max(k - bias, minimum), maximum)
      if digit < threshold { return value }
      weight *= base - threshold
      guard weight < Int(UInt32.max) else { return nil }
      k += base
    }
    return nil
  }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / damp : delta / 2
    delta += delta / count
    var k = 0
    while delta > (base - minimum) * maximum / 2 {
      delta /= base - minimum
      k += base
    }
    return k + (base - minimum + 1) * delta / (delta + skew)
  }

  private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 0x61 + value : 22 + value) }

  private static func digit(of byte: UInt8) -> Int? {
    switch byte {
    case 0x61...0x7A: Int(byte) - 0x61
    case 0x41...0x5A: Int(byte) - 0x41
    case 0x30...0x39: Int(byte) - 22
    default: nil
    }
  }
}
