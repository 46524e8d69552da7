/// What a suffix alone says about what Windows, macOS or a browser does with a file.
package enum SuffixRisk: Int, Comparable, Codable, Sendable {
  case none
  /// An archive.
  case container
  /// An image of a disk: what is in it has lost the mark of the internet.
  case diskImage
  /// Shows itself in a browser or help viewer, with scripts.
  case page
  /// A document made for macros or links.
  case macroDocument
  case shortcut, script, executable

  package static func < (left: SuffixRisk, right: SuffixRisk) -> Bool {
    left.rawValue < right.rawValue
  }

  package init(_ suffix: String) { self = Self.known[suffix] ?? .none }

  /// Suffixes that people take for harmless, and so the inner of two.
  static let familiar: Set<String> = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "txt", "csv", "odt", "ods", "odp",
    "jpg",
    "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "mp3", "mp4", "wav", "avi", "mov",
    "zip",
    "rar", "7z", "gz", "tar", "lzh", "htm", "html", "xml", "json", "eml", "msg", "ics", "vcf",
    "log", "ini",
    "docm", "xlsm", "pptm", "jtd", "jtdc", "xdw", "xbd", "jww", "dwg", "dxf", "pages", "numbers",
    "key",
    "p7s", "md", "one", "svg", "ai", "psd", "m4a", "wmv", "mpg", "mpeg", "img", "iso",
  ]

  private static let lists: [(SuffixRisk, String)] = [
    (
      .executable,
      "exe com scr pif cpl dll ocx sys drv msi msp msu mst msix msixbundle appx appxbundle jar apk ipa xll wll "
        + "elf bin run so dylib app dmg pkg deb rpm gadget application xbap vsto vsix ade adp mde class "
        + "ax efi fon mui tsp acm air appimage"
    ),
    (
      .script,
      "bat cmd js jse vbs vbe wsf wsh wsc sct ps1 psm1 psd1 ps1xml ps2 psc1 psc2 msh msh1 msh2 mshxml hta "
        + "py pyc pyw pyz pl rb php sh bash zsh csh ksh command tcl lua ahk au3 a3x scpt scptd applescript osa "
        + "action workflow vb vba bas cls frm reg inf ins isp job ws xsl xslt mjs cjs ts btm shb shs csx cs"
    ),
    (
      .shortcut,
      "lnk url scf website webloc desktop library-ms search-ms searchconnector-ms settingcontent-ms theme "
        + "themepack deskthemepack diagcab diagcfg diagpkg jnlp rdp rdpw iqy oqy dqy rqy slk cdxml xnk "
        + "appinstaller appref-ms wsb inetloc fileloc terminal msc mcf contact group mad maf mag mam maq mar mas mat mau mav maw mda mdt mdw mdz "
        + "printerexport grp prg ops pcd plg cnt hpj ms-its mapimail udl"
    ),
    (
      .macroDocument,
      "docm dotm xlsm xltm xlsb xlam xla pptm potm ppsm ppam sldm xlm xlw ppa wiz one onepkg onetoc2 "
        + "mdb accdb accde accda mht mhtml rels sldx odb odm pub vsdm vssm vstm jtt wps"
    ),
    (.page, "htm html xhtml xht shtml svg svgz chm hlp xps oxps swf mhtm htt htc eml msg"),
    (
      .diskImage,
      "iso img udf vhd vhdx vmdk vdi vhdset nrg mdf mds cue cdi wim swm esd toast daa uif isz"
    ),
    (
      .container,
      "zip zipx 7z rar r00 r01 tar gz tgz bz2 tbz tbz2 xz txz lzma lz zst tzst z taz lzh lha arj arc ace cab "
        + "cpio ar xar zpaq zoo alz egg lz4 br uue uu hqx sit sitx sea b64 001 01 0001 tnef"
    ),
  ]

  private static let known: [String: SuffixRisk] = Dictionary(
    lists.flatMap { risk, words in words.split(separator: " ").map { (String($0), risk) } },
    uniquingKeysWith: { first, _ in first })
}
