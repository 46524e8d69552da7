import Mail

/// What a page's scripts are made for, as far as their text shows it without being run: building a file and
/// handing it to the reader, leading him elsewhere, hiding what they do.
struct ScriptTraits {
  /// They build a file and offer or open it (HTML smuggling).
  private(set) var buildsFile = false
  /// They do little else than building a file and clicking its link in the reader's place.
  private(set) var clicksFile = false
  /// They lead the browser elsewhere by themselves.
  private(set) var redirects = false
  /// They write pages or run text that is put together at run time.
  private(set) var writesHiddenCode = false
  /// An address that makes the shell do something.
  private(set) var shellAddress = ""
  /// They ask Windows for objects that run programs or write files.
  private(set) var runsPrograms = false
  /// They put something into the clipboard.
  private(set) var fillsClipboard = false
  /// It is a command, or is decoded first.
  private(set) var handsCommand = false
  /// They fetch a script from elsewhere, or a page to be put in place of this one.
  private(set) var fetchesScript = false
  /// They send a form, or click something, in the reader's place.
  private(set) var submitsForm = false
  private(set) var clicksLink = false
  /// They are too short to be for anything but what they do.
  private(set) var isBrief = false
  /// A literal, or many that make up most of the text, hold content.
  private(set) var carriesContent = false
  /// The longest literal that holds content: base 64, hexadecimal or a list of numbers.
  private(set) var literal: ArraySlice<UInt8> = []
  private(set) var isLiteralBase64 = false

  /// A literal of this size is a file and no word.
  static let literalSize = 1024
  /// Octets of a script that was written for one thing; libraries that draw charts offer to save them, too,
  /// and have millions.
  private static let singlePurposeSize = 32_768
  private static let briefSize = 4096

  init(_ script: [UInt8]) {
    // `window [ 'loc' + 'ation' ]` is `window[location]`: blanks, quotes and plus signs say nothing.
    let text = Self.condensed(PageUnwrapping.percentDecoded(script))
    buildsFile = Self.has(Self.sinks, text)
    clicksFile =
      text.count <= Self.singlePurposeSize && Self.has(Self.builders, text)
      && (Self.has(Self.clicks, text) || Self.has(Self.moves, text))
    redirects = Self.has(Self.moves, text)
    isBrief = text.count <= Self.briefSize
    shellAddress = Self.shells.first { Self.has([Array($0.utf8)], text) } ?? ""
    writesHiddenCode =
      Self.has(Self.writers, text) && Self.has(Self.decoders, text) || Self.isWordless(text)
    runsPrograms = Self.has(Self.hosts, text)
    let isSinglePurpose = text.count <= Self.singlePurposeSize
    let putsIn = Self.has(Self.fetches, text) && Self.has(Self.writers, text)
    let makesScript = Self.has(Self.scriptMakers, text) && Self.has(Self.scriptSources, text)
    fetchesScript =
      Self.has(Self.imports, text) || isSinglePurpose && (putsIn || makesScript)
      || Self.has(Self.quotedImports, script)
    submitsForm = Self.has(Self.submits, text)
    clicksLink = Self.has(Self.clicks, text)
    fillsClipboard = Self.has(Self.clipboards, text)
    let isDecoded = text.count <= Self.singlePurposeSize && Self.has(Self.decoders, text)
    handsCommand = fillsClipboard && (isDecoded || Self.has(Self.commands, text))
    findLiteral(script)
    carriesContent = !literal.isEmpty || Self.isMostlyLiterals(script)
  }

  private static func condensed(_ script: [UInt8]) -> [UInt8] {
    script.compactMap { byte in
      switch byte {
      case ...0x20, 0x22, 0x27, 0x60, 0x2B: nil
      case 0x41...0x5A: byte | 0x20
      default: byte
      }
    }
  }

  private static func has(_ words: [[UInt8]], _ text: [UInt8]) -> Bool {
    words.contains { !text.places(of: $0, limit: 1).isEmpty }
  }

  private static func words(_ text: String) -> [[UInt8]] {
    text.split(separator: " ").map { Array($0.utf8) }
  }

  private static let sinks = words(
    "createobjecturl mssaveoropenblob mssaveblob newblob( .download= [download]= setattribute(download "
      + "newfile([ showsavefilepicker")
  private static let builders = words(
    "createobjecturl mssaveoropenblob mssaveblob data:application/")
  private static let clicks = words(".click( [click]( dispatchevent( mssaveoropenblob mssaveblob")
  private static let moves = words(
    "location= location.href= location.replace( location.assign( window.open( [location]= top.location "
      + "[location].replace( [location].assign( [location].href= [location][ location[ navigate( .src=http location.hash "
      + "httpequiv=refresh http-equiv=refresh <iframesrc=http open(atob("
  )
  private static let writers = words(
    "document.write( document.writeln( eval( [eval]( .constructor( [constructor]( .innerhtml= .outerhtml= insertadjacenthtml newfunction( "
      + "settimeout( document[write srcdoc= createcontextualfragment")
  private static let decoders = words(
    "atob( unescape( fromcharcode decodeuricomponent( [atob] charcodeat( parseint( .reverse().join "
      + "cryptojs textdecoder")

  private static let hosts = words(
    "wscript.shell shell.application scripting.filesystemobject adodb.stream winmgmts: shell.users")
  private static let imports = words("import(http importscripts(http {imports:{")
  /// Of modules; with their quotes, since people write where their scripts are from.
  private static let quotedImports = [
    "from \"http", "from 'http", "from\"http", "from'http", "import \"http", "import 'http",
    "import\"http", "import'http",
  ].map { Array($0.utf8) }
  private static let fetches = words(
    "fetch(http fetch(// .open(get,http .open(post,http websocket(ws eventsource(http")
  private static let scriptMakers = words("createelement(script")
  private static let scriptSources = words(".src=http .src=// setattribute(src,")
  private static let submits = words(".submit() [submit]() .requestsubmit()")

  /// Code of brackets and signs alone, of which letters are put together at run time.
  private static func isWordless(_ text: [UInt8]) -> Bool {
    let signs = text.count { $0 == 0x21 || $0 == 0x28 || $0 == 0x29 || $0 == 0x5B || $0 == 0x5D }
    return text.count >= wordlessSize && signs * 10 >= text.count * 9
  }

  private static let wordlessSize = 400
  private static let clipboards = words(
    "clipboard.writetext( clipboard.write( execcommand(copy clipboarddata.setdata( [writetext](")
  /// Programs that such commands begin with; blanks are gone.
  private static let commands = words(
    "powershell pwsh mshta cmd/c cmd.exe conhost msiexec rundll32 regsvr32 certutil bitsadmin "
      + "wscript cscript curlhttp curl-s curl-f osascript finger.exe forfiles")

  private static let shells = [
    "search-ms:query", "search-ms:display", "ms-msdt:", "ms-appinstaller:?",
  ]

  // MARK: Literals

  /// Content cut into many strings: together they are a file, and most of the script.
  private static func isMostlyLiterals(_ script: [UInt8]) -> Bool {
    var (sum, at) = (0, 0)
    while let open = script[at...].firstIndex(where: isQuote) {
      let quote = script[open]
      guard let close = script[(open + 1)...].firstIndex(of: quote) else { break }
      let literal = script[(open + 1)..<close]
      // A quote within words opens nothing: the next one may.
      guard literal.allSatisfy({ isBase64($0) || isNumberList($0) }) else {
        at = open + 1
        continue
      }
      sum += literal.count
      at = close + 1
    }
    return sum >= literalSize && sum * 2 >= script.count
  }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == 0x22 || byte == 0x27 || byte == 0x60
  }

  /// The longest run of base 64 in a page that is no picture or font of its own.
  static func longestContent(_ page: [UInt8]) -> ArraySlice<UInt8> {
    var (best, at) = (page[0..<0], 0)
    while let start = page[at...].firstIndex(where: isBase64) {
      at = page[start...].firstIndex { !isBase64($0) } ?? page.count
      guard at - start >= literalSize, at - start > best.count else { continue }
      let before = String(decoding: page[..<start].suffix(60), as: UTF8.self).lowercased()
      let isShown = [
        "data:image/", "data:font/", "data:application/font", "data:application/x-font",
      ]
      .contains(where: before.contains)
      if !isShown { best = page[start..<at] }
    }
    return best
  }

  private mutating func findLiteral(_ script: [UInt8]) {
    let base64 = Self.longestRun(script, Self.isBase64)
    let numbers = Self.longestRun(script, Self.isNumberList)
    if base64.count >= Self.literalSize, base64.count >= numbers.count / 2 {
      literal = base64
      isLiteralBase64 = true
    } else if numbers.count >= Self.literalSize {
      literal = numbers
    }
  }

  private static func longestRun(
    _ octets: [UInt8], _ belongs: (UInt8) -> Bool
  ) -> ArraySlice<UInt8> {
    var best = octets[0..<0]
    var start = 0
    for index in octets.indices where !belongs(octets[index]) {
      if index - start > best.count { best = octets[start..<index] }
      start = index + 1
    }
    let last = octets[start...]
    return last.count > best.count ? last : best
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x2B || byte == 0x2F || byte == 0x3D
  }

  /// `77, 90, 144`, `0x4d,0x5a`, `\x4d\x5a`, `%4d%5a`.
  private static func isNumberList(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20) || byte == 0x78
      || byte == 0x2C || byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x5C
      || byte == 0x25
  }
}
