"""Documents made to hurt: loops, chains, depth, and much of everything."""

import base64
import hashlib
import struct
import zlib

import archives
from archives import MB, packed, stored, zipped


# PDF

def pdf(objects, rest=b""):
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % numbered for numbered in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + rest + b"trailer\n<</Root 1 0 R>>\n%%EOF\n"


def pdf_stream(octets, filters=b"/FlateDecode", more=b""):
    return b"<</Length %d/Filter[%s]%s>>\nstream\n%s\nendstream" % (len(octets), filters, more, octets)


def zlib_zeros(size):
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(MB)) for _ in range(size // MB)) + packer.flush()


def pdf_loop():
    """Objects that name each other, and an object stream within itself."""
    loop = [b"<</Type/Catalog/Pages 2 0 R/OpenAction 2 0 R>>", b"<</Kids[2 0 R 1 0 R]/Parent 2 0 R/Next 2 0 R>>"]
    inner = b"3 0 4 10 <</A 3 0 R>> <</B 4 0 R>>"
    return pdf(loop + [pdf_stream(zlib.compress(inner), more=b"/Type/ObjStm/N 2/First 9/Extends 3 0 R")])


def pdf_bomb():
    return pdf([b"<</Type/Catalog>>", pdf_stream(zlib_zeros(1024 * MB))])


def pdf_bombs():
    data = zlib_zeros(20 * MB)
    return pdf([b"<</Type/Catalog>>"] + [pdf_stream(data + b"%d" % index) for index in range(300)])


def pdf_letters():
    """Streams of the letter with which most words that are looked for begin."""
    data = zlib.compress(b"(" + b"a" * (20 * MB), 9)
    return pdf([b"<</Type/Catalog>>"] + [pdf_stream(data + b"%d" % index) for index in range(300)])


def pdf_filters():
    """A thousand filters on one stream."""
    return pdf([b"<</Type/Catalog>>", pdf_stream(zlib.compress(b"x"), b"/ASCIIHexDecode" * 1000)] * 100)


def pdf_objects():
    return pdf([b"<</A[%d 0 R]>>" % index for index in range(300_000)])


def pdf_open_streams():
    """200,000 streams that never end."""
    return b"%PDF-1.4\n" + b"1 0 obj<</Filter/FlateDecode>>stream\n" * 200_000


def pdf_open_strings():
    return b"%PDF-1.4\n" + b"1 0 obj<</JS(" * 400_000


def pdf_nesting():
    return b"%PDF-1.4\n1 0 obj\n" + b"<</A" * 1_000_000 + b"[" * 2_000_000


# RTF

def rtf_groups():
    return b"{\\rtf1" + b"{" * 10_000_000


def rtf_objects():
    return b"{\\rtf1" + b"{\\object{\\*\\objdata 0105000002000000" * 150_000


def rtf_binary():
    return b"{\\rtf1" + b"{\\*\\objdata\\bin2147483647 " * 300_000


def rtf_hex():
    return b"{\\rtf1{\\*\\objdata " + b"d0cf11e0a1b11ae1 " * 1_000_000


# Compound files

def cfb(entries, sectors, fat):
    """A compound file of 512-octet sectors: `entries` of the directory, more sectors, and their chain."""
    directory = b"".join(entries)
    directory += bytes(-len(directory) % 512)
    count = len(directory) // 512
    table = list(range(1, count)) + [0xFFFFFFFE]
    table += [link + count if link < 0xFFFFFFF0 else link for link in fat]
    fats = -(-(len(table) + 40) // 128)
    first_fat = count + len(sectors) // 512
    table += [0xFFFFFFFD] * fats
    table += [0xFFFFFFFF] * (-len(table) % 128)
    fats = len(table) // 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, fats, 0, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += b"".join(struct.pack("<I", first_fat + n if n < fats else 0xFFFFFFFF) for n in range(109))
    return header + directory + sectors + struct.pack("<%dI" % len(table), *table)


def cfb_entry(name, kind, start, size, left=0xFFFFFFFF, right=0xFFFFFFFF, child=0xFFFFFFFF):
    text = name.encode("utf-16le") + b"\0\0"
    return (text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
            + struct.pack("<III", left, right, child) + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size))


def cfb_sectors(entries):
    return -(-len(entries) * 128 // 512)


def cfb_loop():
    """A stream whose chain ends in itself and that claims 4 GB."""
    root = cfb_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    stream = cfb_entry("WordDocument", 2, 1, 0xFFFFFFFF, left=1, right=1, child=1)
    return cfb([root, stream, b"", b""], bytes(512 * 4), [1, 2, 3, 0])


def cfb_same_chain():
    """8,000 streams, all the same 3 MB."""
    size = 3 * MB
    count = 8000
    start = -(-(count + 1) * 128 // 512)
    entries = [cfb_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for index in range(count):
        right = index + 2 if index + 1 < count else 0xFFFFFFFF
        entries.append(cfb_entry("s%d" % index, 2, start, size, right=right))
    sectors = size // 512
    return cfb(entries, bytes(size), list(range(1, sectors)) + [0xFFFFFFFE])


def rc4(key, octets):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i, j, out = 0, 0, bytearray()
    for octet in octets:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(octet ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


def word_locked():
    """2,000 streams of an encrypted document that opens without a word, all the same 12 MB."""
    size, count = 12 * MB, 2000
    salt, word = bytes(16), b"w" * 16
    short = hashlib.md5("VelvetSweatshop".encode("utf-16le")).digest()[:5]
    secret = hashlib.md5((short + salt) * 16).digest()[:5]
    proof = rc4(hashlib.md5(secret + bytes(4)).digest(), word + hashlib.md5(word).digest())
    table = (struct.pack("<HH", 1, 1) + salt + proof).ljust(4096, b"\0")
    main = (bytes(10) + struct.pack("<HHI", 0x0300, 0, 52)).ljust(4096, b"\0")
    start = cfb_sectors([b""] * (count + 3))
    entries = [cfb_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1),
               cfb_entry("WordDocument", 2, start, 4096, right=2), cfb_entry("1Table", 2, start + 8, 4096, right=3)]
    for index in range(count):
        entries.append(cfb_entry("Data", 2, start + 16, size, right=index + 4 if index + 1 < count else 0xFFFFFFFF))
    chain = [n + 1 if n + 1 not in (8, 16) else 0xFFFFFFFE for n in range(16 + size // 512 - 1)] + [0xFFFFFFFE]
    return cfb(entries, main + table + bytes(size), chain)


def cfb_folders():
    """50,000 folders within one another."""
    entries = [cfb_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    entries += [cfb_entry("f", 1, 0, 0, child=index + 2) for index in range(50_000)]
    return cfb(entries, b"", [])


# Office files of XML

CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/xl/workbook.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>')


def workbook(parts):
    base = [(b"[Content_Types].xml", packed(CONTENT_TYPES)), (b"xl/workbook.xml", packed(b"<workbook/>"))]
    return zipped(base + parts)


def shared_strings():
    """200 MB of shared strings."""
    unit = b"<si><t>aaaaaaaaaa</t></si>" * 40_000
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    checksum, out = 0, b""
    for _ in range(200):
        checksum = zlib.crc32(unit, checksum)
        out += packer.compress(unit)
    return workbook([(b"xl/sharedStrings.xml", (8, checksum, out + packer.flush(), 200 * len(unit)))])


def many_strings():
    """30 MB of shared strings, within every bound."""
    return workbook([(b"xl/sharedStrings.xml", packed(b"<sst>" + b"<si><t>a&#x41;</t></si>" * 1_300_000))])


def relationships():
    target = b'<Relationship Id="r" Type="t/hyperlink" Target="http://a.example/" TargetMode="External"/>'
    return workbook([(b"xl/_rels/workbook.xml.rels", packed(b"<Relationships>" + target * 200_000))])


def xml_entities():
    """A billion laughs."""
    body = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "lol">'
    body += b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 11))
    return workbook([(b"xl/worksheets/sheet1.xml", packed(body + b"]><l>&a10;</l>"))])


def xml_depth():
    return workbook([(b"xl/worksheets/sheet1.xml", packed(b"<a>" * 5_000_000))])


def macro_bomb():
    """A macro project whose source unpacks to a thousand times its size, many times over."""
    chunk = struct.pack("<H", 0xB000 | (3 + 1 - 1)) + b"\2a" + struct.pack("<H", 0x0FFF)
    return workbook([(b"xl/vbaProject.bin", stored(cfb_macros(b"\1" + chunk * 100_000)))])


def cfb_macros(source):
    source += bytes(-len(source) % 512)
    count = 40
    start = -(-(count + 2) * 128 // 512)
    entries = [cfb_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1), cfb_entry("VBA", 1, 0, 0, child=2)]
    for index in range(count):
        right = index + 3 if index + 1 < count else 0xFFFFFFFF
        entries.append(cfb_entry("M%d" % index, 2, start, len(source), right=right))
    sectors = len(source) // 512
    return cfb(entries, source, list(range(1, sectors)) + [0xFFFFFFFE])


# Others

def onenote():
    """A million marks of an embedded file, each with a length beyond the end."""
    guid = bytes.fromhex("E716E3BD65261145A4C48D4D0B7A9EAC")
    head = bytes.fromhex("E4525C7B8CD8A74DAEB15378D02996D3")
    return head + (guid + struct.pack("<QIQ", 1 << 40, 0, 0)) * 300_000


def onenote_same():
    """Embedded files that each reach to the end: 20,000 times the same octets."""
    guid = bytes.fromhex("E716E3BD65261145A4C48D4D0B7A9EAC")
    head = bytes.fromhex("E4525C7B8CD8A74DAEB15378D02996D3")
    count = 20_000
    return head + b"".join(guid + struct.pack("<QIQ", (count - n) * 36 - 36, 0, 0) for n in range(count))


def tnef_attributes():
    one = struct.pack("<BII", 2, 0x00069003, 4) + bytes(4) + bytes(2)
    return struct.pack("<IH", 0x223E9F78, 1) + one * 1_000_000


def svg_uses():
    return (b'<svg xmlns="http://www.w3.org/2000/svg">' + b'<g id="a"><use href="#a"/>' * 500_000)


def page_in_page():
    """Pages that scripts of pages would write, 12 deep."""
    page = b"<form action=http://a.example/><input type=password></form>"
    for _ in range(12):
        page = b"<script>document.write(atob('" + base64.b64encode(page) + b"'))</script>"
    return page


def page_literals():
    """A script of 100,000 literals, each a page that writes pages."""
    literal = base64.b64encode(b"<script>document.write(atob('" + base64.b64encode(b"<b>" * 200) + b"'))</script>")
    return b"<html><script>" + (b"document.write(atob('" + literal + b"'));") * 4000 + b"</script>"


def fat_loop():
    """A FAT12 volume whose folder's clusters go in a circle."""
    boot = bytearray(512)
    boot[0:3] = b"\xeb\x3c\x90"
    boot[3:11] = b"MSDOS5.0"
    struct.pack_into("<HBHBHHBHHHII", boot, 11, 512, 1, 1, 2, 16, 2880, 0xF0, 9, 18, 2, 0, 0)
    boot[38] = 0x29
    boot[54:62] = b"FAT12   "
    boot[510:512] = b"\x55\xaa"
    table = bytearray(9 * 512)
    table[0:6] = b"\xf0\xff\xff\x02\x20\x00"  # cluster 2 follows itself

    def entry(name, attributes, cluster, size):
        return name.ljust(11) + bytes([attributes]) + bytes(14) + struct.pack("<HI", cluster, size)
    root = entry(b"A", 0x10, 2, 0).ljust(512, b"\0")
    folder = b"".join(entry(b"A%d" % n, 0x10, 2, 0) for n in range(16))
    image = bytes(boot) + bytes(table) * 2 + root + folder
    return image + bytes(1_474_560 - len(image))


def program_in_shared_strings():
    """A program as the last part of a workbook that fills the budget first."""
    unit = (8, archives.zeros_checksum(40 * MB), archives.zeros(40 * MB), 40 * MB)
    return workbook([(b"xl/media/%d.bin" % n, unit) for n in range(10)] + [(b"xl/a.exe", packed(archives.PROGRAM))])


# What acts, behind everything that a reader may count to.

def page_program_last():
    """A program in the last of 3,000 data addresses."""
    data = b'<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAE=">'
    last = b'<a href="data:application/octet-stream;base64,' + base64.b64encode(archives.PROGRAM) + b'">x</a>'
    return b"<html><body>" + data * 3000 + last


def rtf_program_last():
    """A package in the last of 2,000 objects."""
    def field(text):
        return struct.pack("<I", len(text) + 1) + text + b"\0"
    program = archives.PROGRAM
    package = b"\2\0a.exe\0a.exe\0\0\0\3\0" + field(b"a.exe") + struct.pack("<I", len(program)) + program
    def data(content):
        ole = struct.pack("<II", 0x501, 2) + field(b"Package") + field(b"") + field(b"")
        return b"{\\object{\\*\\objdata " + (ole + struct.pack("<I", len(content)) + content).hex().encode() + b"}}"
    return b"{\\rtf1" + data(b"x") * 2000 + data(package) + b"}"


def pdf_program_last():
    """A program in the last of 60,000 streams."""
    streams = [b"<</Length 1>>\nstream\nx\nendstream"] * 60_000
    program = zlib.compress(archives.PROGRAM)
    last = b"<</Type/EmbeddedFile/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(program), program)
    return pdf([b"<</Type/Catalog>>"] + streams + [last])


def cfb_program_last():
    """A program in the last of 30,000 streams."""
    count = 30_000
    program = archives.PROGRAM + bytes(5000)
    program += bytes(-len(program) % 512)
    start = -(-(count + 2) * 128 // 512)
    entries = [cfb_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    entries += [cfb_entry("f", 1, 0, 0, right=index + 2) for index in range(count)]
    entries.append(cfb_entry("a.exe", 2, start, len(program)))
    return cfb(entries, program, list(range(1, len(program) // 512)) + [0xFFFFFFFE])


def book_macro_last():
    """A dynamic link behind 300,000 records of a workbook without any container."""
    book = struct.pack("<HH", 0x809, 16) + struct.pack("<HH", 0x600, 5) + bytes(12)
    record = struct.pack("<HH", 0x27D, 0)
    name = b"\0\1c\3d"
    link = struct.pack("<HH", 0x1AE, 2 + 2 + 1 + len(name)) + struct.pack("<HH", 1, 4) + b"\0" + name
    sheet = struct.pack("<HHIBBBB", 0x85, 8 + 1, 0, 0, 1, 1, 0) + b"m"
    return book + record * 300_000 + sheet + link + struct.pack("<HH", 0x0A, 0)
