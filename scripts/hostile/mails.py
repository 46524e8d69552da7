"""Messages made to hurt."""

import base64
import binascii

import archives

HEAD = b"From: a@sender.example\r\nTo: b@example.jp\r\nDate: Wed, 25 Nov 2026 09:00:00 +0900\r\n" \
    b"Message-ID: <1@sender.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def mail(type_, body, more=b""):
    return HEAD + more + b"Content-Type: " + type_ + b"\r\n\r\n" + body


def page(body):
    return mail(b"text/html; charset=utf-8", body)


def text(body):
    return mail(b"text/plain; charset=utf-8", body)


def attached(octets, name=b"a.bin"):
    """A file as mail brings it."""
    body = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
            b"See the file.\r\n--b\r\nContent-Type: application/octet-stream; name=\"" + name
            + b"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body + b"--b--\r\n")


def deep_messages():
    return mail(b"message/rfc822", b"Content-Type: message/rfc822\r\n\r\n" * 1000
                + attached(archives.PROGRAM, b"a.exe"))


def deep_multiparts():
    body = b""
    for level in range(1000):
        body += b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (level, level + 1)
    return mail(b"multipart/mixed; boundary=0", body)


def parts():
    one = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    last = b"--b\r\nContent-Type: application/octet-stream; name=a.exe\r\n\r\nMZ" + bytes(62) + b"\r\n--b--\r\n"
    return mail(b"multipart/mixed; boundary=b", one * 10_000 + last)


def header():
    """A header of 10 MB."""
    return b"X-Filler: " + b"a" * 60 + b"\r\n" + (b"X-Filler: " + b"a" * 60 + b"\r\n") * 140_000 + mail(b"text/plain", b"x")


def header_fold():
    return HEAD + b"X-Filler: a\r\n" + b" a\r\n" * 2_500_000 + b"\r\nx"


def header_line():
    return HEAD + b"X-Filler: " + b"a" * 10_000_000 + b"\r\n\r\nx"


def boundary_prefixes():
    """Each boundary is the beginning of the next one; every line is a delimiter of many."""
    body = b""
    for level in range(1, 99):
        body += b"--%s\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n" % (b"a" * level, b"a" * (level + 1))
    return mail(b"multipart/mixed; boundary=a", body + (b"--" + b"a" * 98 + b"\r\n\r\nx\r\n") * 40_000)


def delimiters():
    return mail(b"multipart/mixed; boundary=b", b"--\r\n" * 3_000_000)


def continuations():
    """A name in 100,000 pieces (RFC 2231 §3)."""
    pieces = b"".join(b"; name*%d*=%%41\r\n " % index for index in range(100_000))
    return mail(b"application/octet-stream" + pieces, b"x")


def parameters():
    return mail(b"text/plain" + b"; a=b" * 1_000_000, b"x")


def encoded_words():
    words = b"=?utf-8?B?44GC?=\r\n " * 100_000
    return b"Subject: " + words + b"\r\nFrom: " + words + b"<a@sender.example>\r\n\r\nx"


def encoded_openings():
    return b"Subject: " + b"=?utf-8?Q?" * 500_000 + b"\r\nFrom: a@sender.example\r\n\r\nx"


def addresses():
    return HEAD + b"Cc: " + b"a@sender.example,\r\n " * 300_000 + b"a@sender.example\r\n\r\nx"


def address_comments():
    return HEAD + b"Cc: " + b"(" * 5_000_000 + b"\r\n\r\nx"


def address_groups():
    return HEAD + b"Cc: " + b"a:b:" * 1_000_000 + b"\r\nReply-To: " + b"<@a,@b:" * 500_000 + b"\r\n\r\nx"


def received():
    return b"Received: from a by b; Wed, 25 Nov 2026 09:00:00 +0900\r\n" * 200_000 + text(b"x")


def types_repeated():
    return b"Content-Type: multipart/mixed; boundary=a\r\n" * 100_000 + text(b"--a\r\n\r\n" * 10_000)


def base64_junk():
    return mail(b"application/octet-stream", b"A=!\r\n" * 6_000_000, b"Content-Transfer-Encoding: base64\r\n")


def quoted_printable():
    return mail(b"text/html", b"=\r\n=3C" * 4_000_000, b"Content-Transfer-Encoding: quoted-printable\r\n")


def uuencoded():
    return text(b"begin 644 a\r\n" * 1_000_000)


def yencoded():
    return text(b"=ybegin line=128 size=1 name=a\r\n" * 600_000)


def binhex():
    return text(b"(This file must be converted with BinHex 4.0)\r\n:" * 300_000)


def escapes():
    return mail(b"text/plain; charset=iso-2022-jp", b"\x1b$B\x1b(B" * 3_000_000)


def utf7():
    return mail(b"text/plain; charset=utf-7", b"+AD-" * 5_000_000)


def unlabelled():
    return mail(b"text/plain", b"\x82\xa0\xff\xa4" * 4_000_000)


def keywords():
    """Nothing but words behind which a password may stand, and an archive to try them on."""
    return attached(archives.zipped([(b"a", (99, 0, bytes(4096), 4096))]), b"a.zip").replace(
        b"See the file.", b"password pw \xe3\x83\x91\xe3\x82\xb9 1234 " * 100_000)


def calendar():
    return mail(b"text/calendar", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nATTACH:http://a.example/\r\n" * 200_000)


def calendar_lines():
    return mail(b"text/calendar", b"BEGIN:VCALENDAR\r\n" + b"X-A:\r\n" * 1_300_000)


def rtf_words():
    return mail(b"text/rtf", b"{\\rtf1 " + b"\\'e3" * 3_000_000)


def large_text():
    return text(b"The quick brown fox jumps over the lazy dog, dear customer.\r\n" * 700_000)


def nested_files():
    """A mail in a zip in a mail, 40 deep."""
    octets = attached(archives.PROGRAM, b"a.exe")
    for _ in range(40):
        octets = attached(archives.zipped([(b"a.eml", archives.packed(octets))]), b"a.zip")
        if len(octets) > 30 << 20:
            break
    return octets


def uuencoded_program_last():
    """A program in the last of 2,000 files within a text."""
    def written(octets):
        return b"begin 644 a.exe\r\n" + binascii.b2a_uu(octets[:45]).rstrip() + b"\r\n`\r\nend\r\n"
    return text(written(b"x") * 2000 + written(archives.PROGRAM))


# What the search for links and the readers of pages look at again and again, if they are made so.
WORDS = {
    "references": b"&#", "at signs": b"a@", "addresses cut": b"a@a.", "dots": b"a.", "schemes": b"http://-",
    "slashes": b"//a", "www": b"www.", "brackets": b"http://a.example/(", "quotes": b"http://a.example/'",
    "underscores": b"_-", "wide": "\uff0e\u3002".encode(), "links": b"http://a.example/ ",
    "digits": b"1.", "colons": b"a:1", "long names": b"a" * 61 + b".", "atoms": b"a" * 63 + b"@",
    "punycode": b"http://xn--a.example ",
}
TAGS = {
    "open tags": b"<a", "elements": b"<div>", "comments": b"<!--", "scripts": b"<script>", "ends": b"</",
    "anchors": b"<a href=http://a.example/>x", "hidden": b"<p style=display:none>x",
    "references": b"&amp;&#x41;", "data": b'<a href="data:text/html,<b>">', "styles": b"<style>",
    "quotes": b'<a b="', "equals": b"<a =", "forms": b"<form action=a><input type=password>",
    "images": b"<img alt=x src=cid:1>", "base": b"<base href=http://a.example/b/>",
}


def words(name, size=5_000_000):
    return text(WORDS[name] * (size // len(WORDS[name])))


def tags(name, size=5_000_000):
    return page(TAGS[name] * (size // len(TAGS[name])))


def attributes(size=5_000_000):
    """One tag of a million attributes."""
    return page(b"<a " + b"b=c " * (size // 4) + b">")


def page_words(name, size=2_000_000):
    return page(b"<html><body>" + WORDS[name] * (size // len(WORDS[name])))
