/// What packs a stream of a PDF (ISO 32000 §7.4), undone one after the other.
enum PDFFilter {
  /// Filters of one stream: two are usual, more hide something.
  private static let countLimit = 8

  static func unpack(
    _ octets: [UInt8], _ data: Range<Int>, _ filters: [String], limit: Int
  ) -> Unpacked {
    var content = Unpacked(octets.part(data.lowerBound, min(data.count, limit)))
    if data.count > limit { content.outcome = .limit }
    guard filters.count <= countLimit else {
      return Unpacked(content.octets, .damaged(.methodUnknown))
    }
    for filter in filters {
      switch filter {
      case "flatedecode", "fl":
        content = Inflate.unpack(content.octets, 0..<content.octets.count, .zlib, limit: limit)
        // Readers take what there is.
        if case .damaged = content.outcome, !content.octets.isEmpty { content.outcome = .whole }
      case "asciihexdecode", "ahx": content.octets = hex(content.octets)
      case "ascii85decode", "a85": content.octets = base85(content.octets)
      case "runlengthdecode", "rl": content = runs(content.octets, limit)
      case "lzwdecode", "lzw": content = LZW.unpack(content.octets, limit: limit)
      default: return content
      }
    }
    return content
  }

  private static func hex(_ octets: [UInt8]) -> [UInt8] {
    let digits = octets.prefix { $0 != 0x3E }.compactMap(\.hex)
    return stride(from: 0, to: digits.count, by: 2).map {
      digits[$0] << 4 | ($0 + 1 < digits.count ? digits[$0 + 1] : 0)
    }
  }

  /// Five digits of base 85 are four octets; `z` is four zeros, `~>` the end.
  private static func base85(_ octets: [UInt8]) -> [UInt8] {
    var (output, digits): ([UInt8], [UInt32]) = ([], [])
    func put(_ count: Int) {
      let value = digits.reduce(UInt32(0)) { $0 &* 85 &+ $1 }
      let four = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
      output += four.prefix(count)
      digits = []
    }
    for byte in octets.prefix(while: { $0 != 0x7E }) where !byte.isSpace {
      if byte == 0x7A, digits.isEmpty {
        output += [0, 0, 0, 0]
      } else if (0x21...0x75).contains(byte) {
        digits.append(UInt32(byte - 0x21))
        if digits.count == 5 { put(4) }
      }
    }
    if digits.count > 1 {
      let count = digits.count - 1
      while digits.count < 5 { digits.append(84) }
      put(count)
    }
    return output
  }

  private static func runs(_ octets: [UInt8], _ limit: Int) -> Unpacked {
    var (output, at): ([UInt8], Int) = ([], 0)
    while at < octets.count, octets[at] != 128, output.count < limit {
      let count = Int(octets[at])
      if count < 128 {
        output += octets.part(at + 1, count + 1)
        at += count + 2
      } else {
        if at + 1 < octets.count { output += repeatElement(octets[at + 1], count: 257 - count) }
        at += 2
      }
    }
    return output.count > limit ? Unpacked(Array(output.prefix(limit)), .limit) : Unpacked(output)
  }
}

/// LZW as PDF and TIFF have it: codes of 9 to 12 bits, the most first, which grow one code early.
enum LZW {
  static func unpack(_ octets: [UInt8], limit: Int) -> Unpacked {
    /// A code is a code before it and an octet more.
    var (before, last, lengths): ([Int], [UInt8], [Int]) = ([], [], [])
    func clear() {
      before = [Int](repeating: -1, count: 258)
      last = (0..<258).map { UInt8(truncatingIfNeeded: $0) }
      lengths = [Int](repeating: 1, count: 258)
    }
    clear()
    var (output, bits, have, width): ([UInt8], Int, Int, Int) = ([], 0, 0, 9)
    var previous: Int?
    for byte in octets {
      (bits, have) = ((bits << 8 | Int(byte)) & 0xFF_FFFF, have + 8)
      guard have >= width else { continue }
      have -= width
      let code = (bits >> have) & ((1 << width) - 1)
      if code == 257 { break }
      if code == 256 {
        clear()
        (width, previous) = (9, nil)
        continue
      }
      guard let old = previous else {
        guard code < 256 else { return Unpacked(output, .damaged(.damaged)) }
        output.append(UInt8(code))
        previous = code
        continue
      }
      guard code <= before.count else { return Unpacked(output, .damaged(.damaged)) }
      let start = output.count
      let source = code < before.count ? code : old
      var text = [UInt8](repeating: 0, count: lengths[source])
      var at = source
      for index in text.indices.reversed() {
        text[index] = last[at]
        at = before[at]
      }
      output += text
      if code == before.count { output.append(text[0]) }
      if before.count < 4096 {
        before.append(old)
        last.append(output[start])
        lengths.append(lengths[old] + 1)
      }
      previous = code
      if output.count > limit { return Unpacked(Array(output.prefix(limit)), .limit) }
      width = min(12, max(9, Int.bitWidth - (before.count + 1).leadingZeroBitCount))
    }
    return Unpacked(output)
  }
}
