/// Labels that mail uses, after the WHATWG encoding standard and with what it leaves out: each line is a
/// charset's name, its ICU converter where that is another, and its labels.
enum CharsetLabels {
  /// A charset by its name, and by the converter that reads it.
  struct Known: Hashable, Sendable {
    let name: String
    let converter: String
  }

  static let names: [String: Known] = {
    var names: [String: Known] = [:]
    for row in rows {
      let words = row.labels.split(separator: " ").map(String.init)
      let known = Known(name: row.name, converter: row.converter ?? row.name)
      for label in [row.name] + words { names[label] = known }
    }
    return names
  }()

  private typealias Row = (name: String, converter: String?, labels: String)

  private static let rows: [Row] = unicode + eastAsian + single

  private static let unicode: [Row] = [
    (
      "us-ascii", nil,
      "ascii ansi_x3.4-1968 ansi_x3.4-1986 iso646-us iso-ir-6 us 646 default usascii"
    ),
    (
      "utf-8", nil,
      "utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-mac cp65001 utf8mb4"
    ),
    ("utf-7", nil, "utf7 unicode-1-1-utf-7 csunicode11utf7 cp65000 x-unicode-2-0-utf-7"),
    ("utf-16", "UTF-16", "utf16 csunicode iso-10646-ucs-2 ucs-2 unicode"),
    ("utf-16le", "UTF-16LE", "utf16le unicodefeff"),
    ("utf-16be", "UTF-16BE", "utf16be unicodefffe"),
    ("utf-32", "UTF-32", "utf32 ucs-4 iso-10646-ucs-4"),
  ]

  private static let eastAsian: [Row] = [
    (
      "iso-2022-jp", nil,
      "csiso2022jp iso-2022-jp-1 iso-2022-jp-2 csiso2022jp2 iso-2022-jp-3 iso-2022-jp-2004 "
        + "iso-2022-jp-ms cp50220 cp50221 cp50222 iso2022jp jis jis7 jis8 iso_2022-jp"
    ),
    (
      "shift_jis", nil,
      "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis cp932 x-ms-cp932 windows-932 "
        + "cswindows31j shiftjis ms-kanji"
    ),
    ("shift_jis-2004", nil, "shift_jisx0213 shift-jis-2004 shift_jis2004 sjis-2004 x-sjis-2004"),
    ("euc-jis-2004", nil, "euc-jisx0213 eucjis2004 euc-jis2004 x-euc-jisx0213"),
    (
      "euc-jp", nil,
      "cseucpkdfmtjapanese x-euc-jp eucjp euc_jp x-euc eucjp-ms euc-jp-ms cp51932 "
        + "ujis extended_unix_code_packed_format_for_japanese"
    ),
    (
      "gb18030", "gb18030",
      "gbk chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk cp936 ms936 "
        + "windows-936 gb18030-2000 euc-cn x-euc-cn gb2312-80"
    ),
    ("hz-gb-2312", "HZ", "hz"),
    ("iso-2022-cn", "ISO-2022-CN", "iso-2022-cn-ext csiso2022cn"),
    ("big5", "Big5-HKSCS", "big5-hkscs cn-big5 csbig5 x-x-big5 big-5 cp950 windows-950 x-big5"),
    (
      "euc-kr", "windows-949",
      "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
        + "windows-949 cp949 ms949 uhc x-windows-949 ks_c_5601"
    ),
    ("iso-2022-kr", "ISO-2022-KR", "csiso2022kr"),
  ]

  private static let single: [Row] = [
    (
      "windows-1252", nil,
      "ansi cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
        + "iso_8859-1:1987 l1 latin1 x-cp1252 latin-1 8859_1 iso8859_1"
    ),
    ("windows-1250", nil, "cp1250 x-cp1250"), ("windows-1251", nil, "cp1251 x-cp1251 win-1251"),
    ("windows-1253", nil, "cp1253 x-cp1253"),
    (
      "windows-1254", nil,
      "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 latin5 l5 x-cp1254"
    ),
    ("windows-1255", nil, "cp1255 x-cp1255"), ("windows-1256", nil, "cp1256 x-cp1256"),
    ("windows-1257", nil, "cp1257 x-cp1257"), ("windows-1258", nil, "cp1258 x-cp1258"),
    (
      "windows-874", nil,
      "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 cp874 tis620 x-tis620 windows874"
    ),
    ("iso-8859-2", nil, "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 l2 latin2"),
    ("iso-8859-3", nil, "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 l3 latin3"),
    ("iso-8859-4", nil, "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 l4 latin4"),
    ("iso-8859-5", nil, "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5"),
    (
      "iso-8859-6", nil,
      "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6"
    ),
    (
      "iso-8859-7", nil,
      "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7 sun_eu_greek"
    ),
    (
      "iso-8859-8", nil,
      "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 visual iso-8859-8-i csiso88598i logical"
    ),
    ("iso-8859-10", nil, "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6"),
    ("iso-8859-13", nil, "iso8859-13 iso885913"), ("iso-8859-14", nil, "iso8859-14 iso885914"),
    ("iso-8859-15", nil, "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9 latin-9 latin9 latin-0"),
    ("koi8-r", nil, "cskoi8r koi koi8 koi8_r"), ("koi8-u", nil, "koi8-ru"),
    ("ibm866", nil, "866 cp866 csibm866"),
    ("macintosh", nil, "csmacintosh mac x-mac-roman"),
    ("x-mac-cyrillic", nil, "x-mac-ukrainian"),
  ]
}
