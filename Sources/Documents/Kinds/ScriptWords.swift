/// Which script a text is: words that a language can't do without and prose seldom has. A few of them
/// must come together, or one that nothing else explains.
enum ScriptWords {
  /// A language's words: those that decide with any other, and those of which three are needed.
  private struct Language {
    let kind: ArtefactKind
    let strong: [[UInt8]]
    let weak: [[UInt8]]

    init(kind: ArtefactKind, strong: [String], weak: [String]) {
      self.kind = kind
      self.strong = strong.map { Array($0.utf8) }
      self.weak = weak.map { Array($0.utf8) }
    }

    func fits(_ words: LetterPairs) -> Bool {
      let strongs = strong.count { words.has($0) }
      if strongs >= 2 { return true }
      let weaks = weak.count { words.has($0) }
      return strongs == 1 ? weaks >= 1 : weaks >= 4
    }
  }

  private static let languages = [
    Language(
      kind: .vbScript,
      strong: [
        "createobject(", "wscript.", "on error resume next", "end sub", "end function",
        "executeglobal",
        "getobject(", "msgbox ",
      ],
      weak: [
        "dim ", "set ", "chr(", "private sub", "end if", "sub ", "& vbcrlf", "const ", "wend",
        "then",
      ]),
    Language(
      kind: .javaScript,
      strong: [
        "activexobject", "wscript.", "eval(", "fromcharcode", "_0x", "document.write", "unescape(",
        "function(", "=>{", "=> {", "charcodeat(", "require('", "require(\"", "window.location",
      ],
      weak: [
        "var ", "function ", "return ", ".split(", ".replace(", ".join(", "new ", "this[", "try{",
        "try {",
        "};", "){", ") {", "const ", "let ", "for (", "for(", "===",
      ]),
    Language(
      kind: .powerShell,
      strong: [
        "$env:", "invoke-expression", "iex(", "iex (", "new-object ", "[system.", "[convert]::",
        "downloadstring(", "start-process", "set-executionpolicy", "invoke-webrequest",
        "-encodedcommand",
        "[byte[]]", "[reflection.assembly]", "frombase64string(", "add-type ", "get-itemproperty",
      ],
      weak: ["param(", "write-host", "$_", "-eq ", "function ", "$true", "$false", "foreach ("]),
    Language(
      kind: .batch,
      strong: [
        "@echo off", "%~dp0", "%comspec%", "goto :eof", "goto :", "setlocal", "cmd /c",
        "cmd.exe /c",
        "%temp%", "%appdata%", "powershell -", "certutil -", "bitsadmin ", ">nul", "> nul",
        "%userprofile%",
        "start \"\"", "start /b", "mshta ", "rundll32", "regsvr32", "schtasks", "powershell.exe",
      ],
      weak: [
        "if exist", "if not exist", "set ", "echo ", "rem ", "pause", "exit", "del ", "copy ",
        "start ",
      ]),
    Language(
      kind: .shellScript,
      strong: ["/bin/sh", "/bin/bash", "chmod +x", "$(curl", "| sh", "|sh", "| bash"],
      weak: ["\nfi\n", "\ndone\n", "; then", "curl ", "wget ", "export ", "sudo ", "\nesac"]),
    Language(
      kind: .pythonScript,
      strong: [
        "import os", "import sys", "import subprocess", "exec(", "__import__", "import base64",
        "__name__",
      ],
      weak: ["\ndef ", "import ", "print(", "self.", "    return ", "\nclass ", "lambda "]),
  ]

  static func kinds(of words: [UInt8]) -> [ArtefactKind] {
    // Every language here needs one of these; most prose has none of them.
    guard
      words.contains(where: { $0 == 0x28 || $0 == 0x25 || $0 == 0x40 || $0 == 0x2F || $0 == 0x24 })
    else { return [] }
    let pairs = LetterPairs(words)
    return languages.filter { $0.fits(pairs) }.map(\.kind)
  }
}
