import Glibc

/// What libarchive needs to put names into UTF-8 wherever it runs: a locale that says so. It is set for
/// the calling thread only, and put back.
enum LibraryText {
  /// libarchive asks the locale for its charset; in "C" it would lose every name that is not ASCII.
  nonisolated(unsafe) private static let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

  static func withUTF8<Result>(_ body: () -> Result) -> Result {
    guard let locale else { return body() }
    let before = uselocale(locale)
    defer { _ = uselocale(before) }
    return body()
  }

  /// Files that glibc opens at first use: the time zone's, the locale's, the converters'.
  static func prepare() {
    // Without TZ each conversion of a date would ask for the file of the zone; no date is shown.
    setenv("TZ", "UTC0", 0)
    tzset()
    withUTF8 {
      for charset in ["UTF-16LE", "UTF-16BE", "CP437", "CP932", "ISO-8859-1", "UTF-8", "UCS-2LE"] {
        // Kept open, so that its module stays loaded.
        _ = iconv_open("UTF-8", charset)
        _ = iconv_open(charset, "UTF-8")
      }
      for sample in LibraryFormat.samples { LibraryReader.warm(sample) }
    }
  }
}
