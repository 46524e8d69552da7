"""Archives made to hurt: small ones that would be large, deep or endless, and large ones."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib

MB = 1 << 20
PROGRAM = b"MZ" + bytes(62)


def deflated(octets, level=9):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(octets) + packer.flush()


def zeros(size):
    """`size` zeros deflated, without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    out = b"".join(packer.compress(bytes(MB)) for _ in range(size // MB))
    return out + packer.flush()


def zeros_checksum(size, start=0):
    for _ in range(size // MB):
        start = zlib.crc32(bytes(MB), start)
    return start


def local(name, method, checksum, packed, size):
    return (b"PK\3\4" + struct.pack("<HHHIIIIHH", 20, 0, method, 0, checksum, packed, size, len(name), 0)
            + name)


def central(name, method, checksum, packed, size, place):
    return (b"PK\1\2" + struct.pack("<HHHHIIIIHHHHHII", 20, 20, 0, method, 0, checksum, packed, size,
                                    len(name), 0, 0, 0, 0, 0, place) + name)


def end(count, size, place):
    return b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, size, place, 0)


def zipped(entries):
    """`entries` are names with (method, checksum, packed octets, size)."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, (method, checksum, packed, size) in entries:
        directory += central(name, method, checksum, len(packed), size, len(body))
        body += local(name, method, checksum, len(packed), size) + packed
        count += 1
    return bytes(body + directory + end(count, len(directory), len(body)))


def stored(octets):
    return (0, zlib.crc32(octets), octets, len(octets))


def packed(octets):
    return (8, zlib.crc32(octets), deflated(octets), len(octets))


def zip_bomb():
    """One entry of a gigabyte."""
    return zipped([(b"a", (8, zeros_checksum(1024 * MB), zeros(1024 * MB), 1024 * MB))])


def zip_many():
    """1,000 entries of 10 MB."""
    entry = (8, zeros_checksum(10 * MB), zeros(10 * MB), 10 * MB)
    return zipped([(b"%d" % index, entry) for index in range(1000)])


def zip_nested():
    """Ten zips in each of ten, six deep, with zeros at the bottom: 42.zip."""
    octets = zipped([(b"0.bin", (8, zeros_checksum(10 * MB), zeros(10 * MB), 10 * MB))])
    for level in range(6):
        # Each copy differs, so that none is known already.
        octets = zipped([(b"%d-%d.zip" % (level, index), packed(octets + b"%d" % index)) for index in range(10)])
    return octets


def zip_same_data():
    """5,000 directory entries that all name the same 40 MB."""
    data = zeros(40 * MB)
    checksum, size = zeros_checksum(40 * MB), 40 * MB
    body = local(b"a", 8, checksum, len(data), size) + data
    directory = b"".join(central(b"%d" % index, 8, checksum, len(data), size, 0) for index in range(5000))
    return body + directory + end(5000, len(directory), len(body))


def zip_overlapping(count=250, size=20 * MB):
    """Entries that quote each other's headers in stored blocks and share one kernel (Fifield 2019)."""
    kernel = zeros(size)
    plain_tail, checksum = size, zeros_checksum(size)
    body, records = kernel, []
    headers = b""  # what of all the headers stands before the kernel, as unpacked
    packed_length = len(kernel)
    for index in reversed(range(count)):
        name = b"%03d" % index
        sum_now = zlib.crc32(headers)
        for _ in range(size // MB):
            sum_now = zlib.crc32(bytes(MB), sum_now)
        header = local(name, 8, sum_now, packed_length, len(headers) + plain_tail)
        records.append((name, sum_now, packed_length, len(headers) + plain_tail, len(body)))
        body = header + body
        if index == 0:
            break
        quote = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF)
        body = quote + body
        packed_length += len(quote) + len(header)
        headers = header + headers
    total = len(body)
    directory = b"".join(
        central(name, 8, crc, length, plain, total - from_end - len(name) - 30)
        for name, crc, length, plain, from_end in reversed(records))
    return body + directory + end(count, len(directory), total)


def zip_entries(count=1_000_000):
    """A million entries, each with a header of its own."""
    body = bytearray()
    directory = bytearray()
    for index in range(count):
        name = b"%d" % index
        directory += central(name, 0, 0, 0, 0, len(body))
        body += local(name, 0, 0, 0, 0)
    return bytes(body + directory) + end(count, len(directory), len(body))


def zip_records(count=500_000):
    """A directory of half a million entries over one header."""
    body = local(b"a", 0, zlib.crc32(b"x"), 1, 1) + b"x"
    directory = b"".join(central(b"%d" % index, 0, zlib.crc32(b"x"), 1, 1, 0) for index in range(count))
    return body + directory + end(count, len(directory), len(body))


def zip_ends():
    """100,000 ends of a directory, each a directory that could count."""
    return zipped([(b"a", stored(b"x"))]) + end(1, 47, 32) * 100_000


def zip_headers():
    """A million signatures of an entry that are none."""
    return zipped([(b"a", stored(b"PK\3\4" * 1_000_000))])


def zip_padded():
    """A program behind 300 MB of padding in front of it in the same zip."""
    padding = (8, zeros_checksum(100 * MB), zeros(100 * MB), 100 * MB)
    return zipped([(b"a%d.txt" % index, padding) for index in range(3)] + [(b"a.exe", packed(PROGRAM))])


def gzip_bomb():
    return gzip_zeros(1024 * MB)


def gzip_zeros(size):
    data = zeros(size)
    return (b"\x1f\x8b\x08" + bytes(6) + b"\x03" + data
            + struct.pack("<II", zeros_checksum(size), size & 0xFFFFFFFF))


def gzip_members():
    """A million members of nothing."""
    return gzip.compress(b"", mtime=0) * 1_000_000


def gzip_nested():
    octets = gzip_zeros(100 * MB)
    for _ in range(200):
        octets = gzip.compress(octets, mtime=0)
    return octets


def gzip_quine():
    """Unpacks to itself: blocks that print what follows, and blocks that repeat what was printed."""
    def show(count):
        return struct.pack("<BHH", 0, count, count ^ 0xFFFF)

    def again(count):
        bits = []

        def put(value, width):
            bits.extend((value >> place) & 1 for place in range(width))

        def code(value, width):
            bits.extend((value >> place) & 1 for place in reversed(range(width)))
        put(2, 3)
        for length in ([count // 2, count - count // 2] if count > 18 else [count]):
            code(265 - 256 + (length - 11) // 2, 7)
            put((length - 11) % 2, 1)
            for symbol, base, extra in ((7, 13, 2), (8, 17, 3), (9, 25, 3)):
                if base <= count < base + (1 << extra):
                    code(symbol, 5)
                    put(count - base, extra)
        code(0, 7)
        while len(bits) + 13 <= 48:
            put(2, 3)
            code(0, 7)
        bits.extend([0] * (48 - len(bits)))
        octets = bytes(sum(bits[start + place] << place for place in range(8)) for start in range(0, 48, 8))
        return octets + b"\0\0\xff\xff"
    head = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
    tail = bytes([1, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8])
    first, last = len(head) + 5, len(tail) + 10
    file = head + show(first) + head + show(first) + again(first)
    file += show(10) + again(first) + show(5) + show(10) + show(0) + show(30)
    file += again(first) + show(5) + show(10) + show(0) + show(30) + again(30) + show(30)
    file += (again(30) + show(30)) * 2 + again(30) + show(30)
    file += again(30) + show(0) * 3 + show(last) + again(30)
    file += show(0) * 3 + show(last)
    return file + again(last) + tail + again(last) + tail


def bzip2_bomb():
    """100 streams of 10 MB."""
    return bz2.compress(bytes(10 * MB)) * 100


def xz_bomb():
    return lzma.compress(bytes(64 * MB), preset=0) * 10


def zstd_bomb():
    """10,000 blocks that repeat one octet 128 KB long: 1.3 GB of 40 KB."""
    block = struct.pack("<I", (128 << 10) << 3 | 1 << 1)[:3] + b"\0"
    return struct.pack("<I", 0xFD2FB528) + b"\0\x88" + block * 10_000 + b"\1\0\0"


def lz4_bomb():
    """Blocks of one long match: 255 times as much."""
    block = b"\x1f\0\1\0" + b"\xff" * 16_000 + b"\0\x50aaaaa"
    frame = struct.pack("<I", 0x184D2204) + b"\x60\x70\x73"
    return frame + (struct.pack("<I", len(block)) + block) * 100 + bytes(4)


def seven_zip(size=1024 * MB, entries=1):
    """One folder of zeros by LZMA; `entries` files share it."""
    packer = lzma.LZMACompressor(
        lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "mode": lzma.MODE_FAST,
                                   "mf": lzma.MF_HC3, "nice_len": 273}])
    data = b"".join(packer.compress(bytes(MB)) for _ in range(size // MB)) + packer.flush()

    def number(value):
        return b"\xff" + struct.pack("<Q", value)
    each = size // entries
    streams = b"\4\6" + number(0) + number(1) + b"\t" + number(len(data)) + b"\0"
    streams += b"\7\x0b" + number(1) + b"\0"
    streams += number(1) + b"\x23\3\1\1" + number(5) + b"\x5d" + struct.pack("<I", 1 << 16)
    streams += b"\x0c" + number(each * entries) + b"\0"
    streams += b"\x08\x0d" + number(entries) + b"\x09" + number(each) * (entries - 1) + b"\0\0"
    names = b"".join(("%d" % index).encode("utf-16le") + b"\0\0" for index in range(entries))
    files = b"\5" + number(entries) + b"\x11" + number(len(names) + 1) + b"\0" + names + b"\0"
    header = b"\1" + streams + files + b"\0"
    start = struct.pack("<QQI", len(data), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + data + header


def tar_entries():
    """A million empty files, packed by gzip."""
    info = tarfile.TarInfo("a")
    block = info.tobuf()
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = b"".join(packer.compress(block * 1000) for _ in range(1000))
    return out + packer.compress(bytes(1024)) + packer.flush()


def tar_nested():
    """Tars within one another, 500 deep."""
    octets = PROGRAM
    for _ in range(500):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            info = tarfile.TarInfo("a.tar")
            info.size = len(octets)
            archive.addfile(info, io.BytesIO(octets))
        octets = out.getvalue()[:len(octets) + 2048]
    return octets


def cpio_entries():
    one = b"070701" + b"0" * 88 + b"00000002" + b"00000000" + b"a\0"
    one += bytes(-len(one) % 4)
    return one * 300_000


def ar_entries():
    return b"!<arch>\n" + (b"a/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"644".ljust(8)
                           + b"0".ljust(10) + b"`\n") * 500_000


def lzh_entries():
    body = b"-lh0-" + bytes(8) + bytes(4) + b"\x20\0\1a\0\0"
    return (bytes([len(body), sum(body) & 0xFF]) + body) * 1_000_000


def arj_headers():
    """A million headers of no data behind the archive's own."""
    body = bytes([30, 11, 1, 2, 0, 0, 2, 0]) + bytes(22) + b"a\0\0"
    head = b"\x60\xea" + struct.pack("<H", len(body)) + body + struct.pack("<I", zlib.crc32(body)) + b"\0\0"
    return head * 1_000_000


def compress_bomb():
    """LZW whose each code makes the longest text so far: a square of what it is."""
    codes = [0x61] + list(range(257, 65536))
    bits, count, width, out = 0, 0, 9, bytearray(b"\x1f\x9d\x90")
    used = 0
    table = 257
    for index, code in enumerate(codes):
        bits |= code << count
        count += width
        used += 1
        while count >= 8:
            out.append(bits & 0xFF)
            bits >>= 8
            count -= 8
        if index:
            table += 1
        if table >= 1 << width and width < 16:
            # Codes come in groups of eight.
            while used % 8:
                count += width
                used += 1
                while count >= 8:
                    out.append(bits & 0xFF)
                    bits >>= 8
                    count -= 8
            width += 1
    out.append(bits & 0xFF)
    return bytes(out)


def iso_loop():
    """A disk whose folder holds itself 60 times."""
    def both(value, width):
        return value.to_bytes(width, "little") + value.to_bytes(width, "big")

    def record(name, place, size, flags):
        body = b"\0" + both(place, 4) + both(size, 4) + bytes(7) + bytes([flags, 0, 0]) + both(1, 2)
        body += bytes([len(name)]) + name
        body += bytes((len(body) + 1) % 2)
        return bytes([len(body) + 1]) + body
    root = record(b"\0", 18, 2048, 2)
    volume = b"\1CD001\1\0" + b" " * 64 + bytes(8) + both(19, 4) + bytes(32) + both(1, 2) * 2 + both(2048, 2)
    volume += both(10, 4) + bytes(16) + root.ljust(34, b"\0")
    volume = volume.ljust(2048, b"\0")
    folder = record(b"\0", 18, 2048, 2) + record(b"\1", 18, 2048, 2)
    folder += b"".join(record(b"D%d" % index, 18, 2048, 2) for index in range(40))
    return bytes(16 * 2048) + volume + b"\xffCD001\1".ljust(2048, b"\0") + folder.ljust(2048, b"\0")
