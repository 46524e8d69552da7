import Documents
import Mail
import Testing

struct NameTests {
  @Test(arguments: [
    ("invoice.pdf.exe", NameFacts.Oddity.doubleSuffix),
    ("invoice\u{202E}fdp.exe", .bidiControl),
    ("請求書.pdf                                   .exe", .paddedSuffix),
    ("report\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}.scr", .paddedSuffix),
    ("invoice．exe", .likeDot),
    ("invoice.ехе", .likeSuffix),
    ("invoice.ｅｘｅ", .likeSuffix),
    ("a\u{1}.txt", .controlCharacter),
    ("a\u{200B}b.txt", .invisibleCharacter),
    ("a.exe\u{0}.txt", .nul),
    ("../../etc/cron.d/x", .pathTraversal),
    ("a\\..\\..\\b.exe", .pathTraversal),
    ("/etc/passwd", .absolutePath),
    ("C:\\Windows\\x.dll", .absolutePath),
    ("dir/NUL.txt", .deviceName),
    ("COM1", .deviceName),
    ("a.exe.", .trailingDotOrSpace),
    ("a.exe ", .trailingDotOrSpace),
    ("photo.jpg:b.exe", .alternateStream),
  ])
  func `a name that deceives is told`(name: String, oddity: NameFacts.Oddity) {
    let facts = NameFacts(ArtefactName(name))
    #expect(facts.has(oddity), "\(name.debugDescription): \(facts.oddities)")
  }

  @Test(arguments: [
    "invoice.pdf", "報告書 2026.docx", "photo.tar.gz", "v1.2.3 notes.txt", "COMPANY.txt", "日本語．メモ.txt",
    "a.b.c.zip", "console.log",
  ])
  func `an honest name has no oddity`(name: String) {
    let facts = NameFacts(ArtefactName(name))
    #expect(facts.oddities.subtracting([.likeDot]).isEmpty, "\(facts.oddities)")
  }

  @Test func `the suffix is what Windows takes`() {
    for (name, suffix) in [
      ("a.EXE", "exe"), ("a.exe. .", "exe"), ("a.exe\u{0}.txt", "exe"), ("dir.exe/readme", ""),
      ("a.\u{200B}exe", "exe"), ("x．ｖｂｓ", "vbs"),
    ] {
      #expect(NameFacts(ArtefactName(name)).suffix == suffix, "\(name.debugDescription)")
    }
  }

  @Test func `a name without charset is read as Japanese where it is`() {
    #expect(
      ArtefactName([0x90, 0xBF, 0x8B, 0x81, 0x8F, 0x91, 0x2E, 0x7A, 0x69, 0x70]).text == "請求書.zip")
    #expect(ArtefactName([0x66, 0x81, 0x6E, 0x2E, 0x74, 0x78, 0x74]).text == "fün.txt")
  }

  @Test func `what is shown has no controls and an end`() {
    let shown = ArtefactName("a\u{202E}b\u{7}" + String(repeating: "x", count: 1000)).shown
    #expect(shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    #expect(shown.count < 300)
  }
}
