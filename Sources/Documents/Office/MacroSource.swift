import Mail

/// The source of macros, compressed within a module's stream (MS-OVBA §2.4.1), and the procedures that
/// Office calls by itself.
enum MacroSource {
  /// A container begins with 1 and a chunk's header; a module's source begins with `Attribut`, of which
  /// the first flags octet lets all eight through, so it can be found without the stream of offsets.
  private static let mark = Array("Attribut".utf8)
  private static let chunkSize = 4096
  /// Beginnings that are followed: what stands before the true one may be made to look like it.
  private static let sourceLimit = 8

  static func decompressed(in octets: [UInt8], limit: Int) -> [UInt8]? {
    var (sources, count, at): ([UInt8], Int, Int) = ([], 0, 0)
    while count < sourceLimit, let place = octets.place(of: mark, in: at..<octets.count) {
      at = place + mark.count
      guard let start = start(octets, before: place) else { continue }
      count += 1
      sources += expanded(octets, from: start, limit: limit - sources.count)
    }
    return count == 0 ? nil : sources
  }

  /// Of the chunk's header: before it stands 1, behind it the flags of eight literals, or nothing where the
  /// chunk is not compressed.
  private static func start(_ octets: [UInt8], before place: Int) -> Int? {
    if place >= 4, octets[place - 1] == 0, octets[place - 4] == 1 { return place - 3 }
    guard place >= 3, octets[place - 3] == 1, octets[place - 1] & 0xF0 == 0x30 else { return nil }
    return place - 2
  }

  static func expanded(_ octets: [UInt8], from start: Int, limit: Int) -> [UInt8] {
    var output: [UInt8] = []
    var at = start
    while output.count < limit, let header = octets.little(at, 2), (header >> 12) & 7 == 3 {
      let end = min(octets.count, at + (header & 0xFFF) + 3)
      if header & 0x8000 == 0 {
        output += octets.part(at + 2, chunkSize)
      } else {
        expandChunk(octets, (at + 2)..<max(at + 2, end), &output)
      }
      at = end
    }
    return output
  }

  /// Eight tokens a flags octet: a literal, or an offset and a length whose widths depend on how far
  /// into the chunk it stands.
  private static func expandChunk(_ octets: [UInt8], _ range: Range<Int>, _ output: inout [UInt8]) {
    let start = output.count
    var at = range.lowerBound
    while at < range.upperBound {
      let flags = octets[at]
      at += 1
      for bit in 0..<8 where at < range.upperBound {
        if flags & (1 << bit) == 0 {
          output.append(octets[at])
          at += 1
          continue
        }
        guard let token = octets.little(at, 2), output.count > start else { return }
        at += 2
        let done = output.count - start
        var width = 4
        while 1 << width < done { width += 1 }
        let length = (token & (0xFFFF >> width)) + 3
        let offset = (token >> (16 - width)) + 1
        guard offset <= done, done <= 2 * chunkSize else { return }
        for _ in 0..<length { output.append(output[output.count - offset]) }
      }
    }
  }

  /// What Word, Excel, PowerPoint and forms call without being asked.
  private static let automatic = [
    "autoexec", "autoopen", "autoclose", "autonew", "autoexit", "auto_open", "auto_close",
    "auto_activate",
    "document_open", "document_close", "document_new", "documentopen", "documentchange",
    "document_beforeclose", "documentbeforeclose", "workbook_open", "workbook_close",
    "workbook_activate",
    "workbook_beforeclose", "worksheet_calculate", "worksheet_change", "presentation_open",
    "slideshow_begin",
    "onslideshowpagechange", "app_presentationopen", "userform_initialize", "inkpicture1_painted",
    "_onload", "_gotfocus", "_mousehover", "_mousemove", "_layout", "_painted", "_painting",
    "_resize", "_titlechange", "_navigatecomplete2", "_documentcomplete", "_change", "_click",
    "_sheetactivate", "_sheetcalculate", "_windowactivate", "_addininstall", "worksheet_activate",
    "_selectionchange", "document_contentcontrol", "document_sync", "buildingblockinsert",
    "xmlafterinsert", "userform_activate", "_dblclick", "onslideshow", "_beforenavigate2",
    "_statustextchange", "_downloadcomplete", "_newwindow2", "_initialize", "class_terminate",
  ]

  /// What macros run programs, fetch files and reach into memory with; offices do without.
  private static let acting = [
    "wscript.shell", "shell.application", "shell(", "shell ", "shellexecute", "winexec",
    "createprocess", "urldownloadtofile", "xmlhttp", "winhttp", "adodb.stream", "powershell",
    "cmd /c", "cmd.exe", "mshta", "rundll32", "regsvr32", "virtualalloc", "virtualprotect",
    "createthread", "rtlmovememory", "executeexcel4macro", "winmgmts", "vbproject.vbcomponents",
    "schedule.service", "mmc20", "getobject(\"new:", "getobject(\"script:", "bitsadmin", "certutil",
  ].map { Array($0.utf8) }

  /// The first word that says that a macro does more than move cells.
  static func action(in source: [UInt8]) -> String? {
    let words = source.map(\.lowered)
    return acting.first { word in
      words.places(of: word, in: 0..<words.count, limit: 20).contains {
        $0 == 0 || !words[$0 - 1].isWord
      }
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  static func automaticNames(in source: [UInt8]) -> [String] {
    let words = source.map(\.lowered)
    return automatic.filter { name in
      words.places(of: Array(name.utf8), in: 0..<words.count, limit: 20).contains { place in
        // Of a definition, not of a call: `Sub name(`.
        let line =
          words[..<place].suffix(60).split(separator: 0x0A, omittingEmptySubsequences: false).last
          ?? []
        return line.starts(with: Array("sub ".utf8))
          || Array(line).place(of: "sub ", in: 0..<line.count) != nil
      }
    }
  }
}
