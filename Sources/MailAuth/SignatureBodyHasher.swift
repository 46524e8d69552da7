import Crypto

/// Hashes a body as signatures want it, in one pass and piece by piece, whatever the message's
/// size.
///
/// All the signatures of a message share the work: a body is canonicalised at most twice and hashed
/// at most twice, and an `l=` is a copy of the running hash taken at that octet. So a hundred
/// signatures cost what two do.
package struct SignatureBodyHasher: Sendable {
  /// A hash that somebody wants.
  package struct Request: Hashable, Sendable {
    package let canonicalization: SignatureCanonicalization
    /// Octets of the canonical body that count (`l=`); nil for all.
    package let length: Int?

    package init(_ canonicalization: SignatureCanonicalization, length: Int? = nil) {
      self.canonicalization = canonicalization
      self.length = length
    }
  }

  private var lanes: [SignatureBodyLane]

  package init(_ requests: Set<Request>) {
    lanes = Set(requests.map(\.canonicalization)).map { canonicalization in
      let lengths = requests.filter { $0.canonicalization == canonicalization }.map(\.length)
      return SignatureBodyLane(canonicalization, cuts: lengths.compactMap(\.self).sorted())
    }
  }

  /// The next octets of the body, cut anywhere.
  package mutating func append(_ piece: UnsafeRawBufferPointer) {
    for index in lanes.indices { lanes[index].append(piece) }
  }

  package mutating func append(_ piece: ArraySlice<UInt8>) {
    piece.withUnsafeBytes { append($0) }
  }

  /// The hashes; nothing may be appended afterwards.
  package mutating func finish() -> SignatureBodyHashes {
    var hashes = SignatureBodyHashes()
    for index in lanes.indices { lanes[index].finish(into: &hashes) }
    return hashes
  }

  /// A body that is in memory anyway.
  package static func hashes(
    of body: ArraySlice<UInt8>, _ requests: Set<Request>
  ) -> SignatureBodyHashes {
    var hasher = SignatureBodyHasher(requests)
    hasher.append(body)
    return hasher.finish()
  }
}

/// What `SignatureBodyHasher` found.
package struct SignatureBodyHashes: Sendable {
  var digests: [SignatureBodyHasher.Request: [UInt8]] = [:]
  var lengths: [SignatureCanonicalization: Int] = [:]

  /// Of a body that nobody hashed.
  package init() {}

  /// Nil when the body has fewer octets than the request wants, or nobody asked for it.
  package func digest(_ request: SignatureBodyHasher.Request) -> [UInt8]? { digests[request] }

  /// Octets of the canonical body that a request leaves out.
  package func rest(_ request: SignatureBodyHasher.Request) -> Int {
    guard let length = request.length, let whole = lengths[request.canonicalization] else {
      return 0
    }
    return max(0, whole - length)
  }
}

/// One canonicalisation of a body (RFC 6376 §3.4.3, §3.4.4) and its running hash.
///
/// What may turn out to be nothing is owed, not written: line ends (empty lines at the end of a
/// body don't count), one blank (blanks at the end of a line don't count), and a CR whose LF may
/// come with the next piece.
struct SignatureBodyLane: Sendable {
  private let canonicalization: SignatureCanonicalization
  private var owedLines = 0
  private var owesBlank = false
  private var owesCR = false
  private var isEmpty = true
  private var buffer: [UInt8] = []
  private var hasher = SHA256()
  private var hashed = 0
  /// Lengths still to be reached, ascending.
  private var cuts: ArraySlice<Int>
  private var cutDigests: [Int: [UInt8]] = [:]

  /// Octets gathered before they are hashed: small words cost a copy, not a call.
  private static let bufferSize = 8192

  init(_ canonicalization: SignatureCanonicalization, cuts: [Int]) {
    self.canonicalization = canonicalization
    self.cuts = cuts[...]
    buffer.reserveCapacity(Self.bufferSize)
  }

  mutating func append(_ input: UnsafeRawBufferPointer) {
    var position = 0
    while position < input.count {
      if owesCR {
        owesCR = false
        if input[position] == 0x0A {
          position += 1
          endLine()
          continue
        }
        writeCR()
      }
      let end = runEnd(input, from: position)
      if end > position {
        beginContent()
        write(UnsafeRawBufferPointer(rebasing: input[position..<end]))
        position = end
      } else {
        step(input[position])
        position += 1
      }
    }
  }

  /// Where octets that stay as they are end. In `relaxed` a lone blank between two words belongs to
  /// them, in both a line end between two words.
  private func runEnd(_ input: UnsafeRawBufferPointer, from start: Int) -> Int {
    let isRelaxed = canonicalization == .relaxed
    var position = start
    while position < input.count {
      let byte = input[position]
      if byte > 0x20 {
        position += 1
      } else if byte == 0x0D || byte == 0x0A {
        guard byte == 0x0D, position > start, position + 2 < input.count,
          input[position + 1] == 0x0A, input[position + 2] > 0x20
        else { return position }
        position += 3
      } else if isRelaxed, byte == 0x20 {
        guard !owesBlank || position > start, position + 1 < input.count,
          input[position + 1] > 0x20
        else { return position }
        position += 2
      } else if isRelaxed, byte == 0x09 {
        return position
      } else {
        position += 1
      }
    }
    return position
  }

  /// An octet that ends a run.
  private mutating func step(_ byte: UInt8) {
    switch byte {
    case 0x0D: owesCR = true
    case 0x0A: endLine()
    default: owesBlank = true
    }
  }

  private mutating func endLine() {
    owesBlank = false
    owedLines += 1
  }

  /// A CR without LF is content like any other octet.
  private mutating func writeCR() {
    beginContent()
    write([0x0D])
  }

  /// Pays what is owed before the next octet.
  private mutating func beginContent() {
    isEmpty = false
    while owedLines > 0 {
      write([0x0D, 0x0A])
      owedLines -= 1
    }
    if owesBlank { write([0x20]) }
    owesBlank = false
  }

  private mutating func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) {
    if buffer.count + bytes.count > Self.bufferSize { drain() }
    if bytes.count > Self.bufferSize {
      hash(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  private mutating func drain() {
    let full = buffer
    buffer.removeAll(keepingCapacity: true)
    full.withUnsafeBytes { hash($0) }
  }

  private mutating func hash(_ bytes: UnsafeRawBufferPointer) {
    var bytes = bytes
    while let cut = cuts.first, cut - hashed <= bytes.count {
      cuts.removeFirst()
      let head = cut - hashed
      hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<head]))
      hashed = cut
      cutDigests[cut] = Array(hasher.finalize())
      bytes = UnsafeRawBufferPointer(rebasing: bytes[head...])
    }
    hasher.update(bufferPointer: bytes)
    hashed += bytes.count
  }

  /// Both end what they write with one CRLF; an empty body is a CRLF in `simple`, nothing in
  /// `relaxed`.
  mutating func finish(into hashes: inout SignatureBodyHashes) {
    if owesCR { writeCR() }
    if !isEmpty || canonicalization == .simple { write([0x0D, 0x0A]) }
    drain()
    hash(UnsafeRawBufferPointer(start: nil, count: 0))
    hashes.lengths[canonicalization] = hashed
    hashes.digests[.init(canonicalization)] = Array(hasher.finalize())
    for (cut, digest) in cutDigests {
      hashes.digests[.init(canonicalization, length: cut)] = digest
    }
  }
}
