/// One folder of a 7z: packed streams go through coders, bound to one another, and one stream comes out.
struct SevenZipFolder {
  struct Coder {
    var method: [UInt8]
    let inputs, outputs: Int
    var properties: [UInt8]?

    static let aes: [UInt8] = [0x06, 0xF1, 0x07, 0x01]
    static let copy: [UInt8] = [0]
  }

  /// An output of one coder is an input of another.
  struct Binding {
    var input, output: Int
  }

  private(set) var coders: [Coder] = []
  private var bindings: [Binding] = []
  /// The inputs that packed streams come into, in the streams' order.
  private(set) var inputs: [Int] = []
  /// Octets that come out of each output.
  var sizes: [Int] = []
  /// Of what comes out in the end.
  var checksum: Int?

  /// Coders, and inputs and outputs of all of them together: 7-Zip allows 32 of each, and BCJ2 with encryption
  /// has eight coders.
  private static let limit = 32

  /// `Folder` of 7zFormat.txt.
  init?(_ scanner: inout SevenZipScanner) {
    guard let count = scanner.number(), (1...Self.limit).contains(count) else { return nil }
    for _ in 0..<count {
      guard let coder = Self.coder(&scanner) else { return nil }
      coders.append(coder)
    }
    let inputCount = coders.reduce(0) { $0 + $1.inputs }
    guard (1...Self.limit).contains(outputCount), inputCount >= outputCount - 1,
      inputCount <= Self.limit
    else { return nil }
    for _ in 1..<max(1, outputCount) {
      guard let input = scanner.number(), let output = scanner.number(), input < inputCount,
        output < outputCount
      else { return nil }
      bindings.append(Binding(input: input, output: output))
    }
    guard let inputs = readInputs(&scanner, inputCount) else { return nil }
    self.inputs = inputs
  }

  private func readInputs(_ scanner: inout SevenZipScanner, _ count: Int) -> [Int]? {
    guard count - bindings.count != 1 else {
      return (0..<count).first { index in !bindings.contains { $0.input == index } }.map { [$0] }
    }
    let inputs = scanner.numbers(count - bindings.count)
    return inputs?.allSatisfy { $0 < count } == true ? inputs : nil
  }

  private static func coder(_ scanner: inout SevenZipScanner) -> Coder? {
    guard let flags = scanner.octet(), flags & 0x80 == 0, let method = scanner.part(flags & 0xF)
    else { return nil }
    var (inputs, outputs): (Int?, Int?) = (1, 1)
    if flags & 0x10 != 0 { (inputs, outputs) = (scanner.number(), scanner.number()) }
    guard let inputs, let outputs, (0...limit).contains(inputs), (0...limit).contains(outputs)
    else { return nil }
    guard flags & 0x20 != 0 else { return Coder(method: method, inputs: inputs, outputs: outputs) }
    guard let size = scanner.number(), let properties = scanner.part(size) else { return nil }
    return Coder(method: method, inputs: inputs, outputs: outputs, properties: properties)
  }

  var outputCount: Int { coders.reduce(0) { $0 + $1.outputs } }

  /// Octets that come out in the end: of the output that is bound to nothing.
  var size: Int {
    let last = sizes.indices.last { index in !bindings.contains { $0.output == index } }
    return last.map { sizes[$0] } ?? 0
  }

  var isEncrypted: Bool { coders.contains { $0.method == Coder.aes } }

  var octets: [UInt8] {
    var octets = [UInt8].sevenZip(coders.count)
    for coder in coders {
      let isSimple = coder.inputs == 1 && coder.outputs == 1
      let flags = (isSimple ? 0 : 0x10) | (coder.properties == nil ? 0 : 0x20) | coder.method.count
      octets += [UInt8(flags)] + coder.method
      if !isSimple { octets += .sevenZip(coder.inputs) + .sevenZip(coder.outputs) }
      if let properties = coder.properties { octets += .sevenZip(properties.count) + properties }
    }
    for binding in bindings { octets += .sevenZip(binding.input) + .sevenZip(binding.output) }
    if inputs.count != 1 { octets += inputs.flatMap { [UInt8].sevenZip($0) } }
    return octets
  }
}

extension SevenZipFolder {
  /// A coder that decrypts, and the packed stream that it decrypts.
  struct Cipher {
    let recipe: KeyRing.Recipe
    let vector: [UInt8]
    /// Which of the folder's packed streams, and how much of it is not padding.
    let stream, size: Int
    fileprivate let coder, input, output: Int
  }

  /// The first coder that decrypts; nil where none does, or not as 7-Zip writes it.
  var cipher: Cipher? {
    guard let coder = coders.firstIndex(where: { $0.method == Coder.aes }),
      coders[coder].inputs == 1, coders[coder].outputs == 1,
      let properties = coders[coder].properties, let (recipe, vector) = Self.recipe(properties)
    else { return nil }
    let input = coders[..<coder].reduce(0) { $0 + $1.inputs }
    let output = coders[..<coder].reduce(0) { $0 + $1.outputs }
    guard let stream = inputs.firstIndex(of: input), sizes.indices.contains(output) else {
      return nil
    }
    return Cipher(
      recipe: recipe, vector: vector, stream: stream, size: sizes[output], coder: coder,
      input: input, output: output)
  }

  /// The folder without that coder: its packed stream is plain now and goes where the coder's output went.
  /// A coder that is bound to nothing copies.
  func without(_ cipher: Cipher) -> SevenZipFolder {
    var folder = self
    guard let binding = bindings.firstIndex(where: { $0.output == cipher.output }) else {
      folder.coders[cipher.coder].method = Coder.copy
      folder.coders[cipher.coder].properties = nil
      return folder
    }
    folder.inputs[cipher.stream] = bindings[binding].input
    folder.bindings.remove(at: binding)
    folder.coders.remove(at: cipher.coder)
    folder.sizes.remove(at: cipher.output)
    // The numbers behind those of the coder that is gone.
    for index in folder.bindings.indices {
      if folder.bindings[index].input > cipher.input { folder.bindings[index].input -= 1 }
      if folder.bindings[index].output > cipher.output { folder.bindings[index].output -= 1 }
    }
    for index in folder.inputs.indices where folder.inputs[index] > cipher.input {
      folder.inputs[index] -= 1
    }
    return folder
  }

  /// Six bits of the first octet are the power of two of the rounds; the other two and the second octet say how
  /// long salt and vector are.
  private static func recipe(_ properties: [UInt8]) -> (KeyRing.Recipe, [UInt8])? {
    guard let first = properties.first else { return nil }
    let second = properties.count > 1 ? properties[1] : 0
    let saltSize = Int(first >> 7) + Int(second >> 4)
    let vectorSize = Int(first >> 6 & 1) + Int(second & 0xF)
    let salt = properties.part(2, saltSize)
    let vector = properties.part(2 + saltSize, vectorSize)
    let power = Int(first & 0x3F)
    guard salt.count == saltSize, vector.count == vectorSize, vectorSize <= 16,
      power <= KeyRing.powerLimit || power == 0x3F
    else { return nil }
    return (
      .sevenZip(power: power, salt: salt),
      vector + [UInt8](repeating: 0, count: 16 - vector.count)
    )
  }
}
