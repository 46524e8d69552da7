/// What clamd answers to one command (clamd(8)), as strictly as it is written:
///
///     reply   = [ id ": " ] body NUL
///     body    = "PONG" / version / "stream: OK" / "stream: " name " FOUND"
///             / [ "stream: " ] text " ERROR"
///     version = "ClamAV " number [ "/" database "/" date ]
///
/// Anything else is no answer: what a scanner says decides about mail, so nothing is guessed.
package enum ClamReply: Hashable, Sendable {
  case pong
  case version(ClamVersion)
  case clean
  case found(String)
  /// `INSTREAM size limit exceeded`: the message was not looked at to its end.
  case tooLarge
  case error(String)

  /// Octets of one reply: a signature's name and some words.
  package static let sizeLimit = 4096

  /// `body` is without the NUL; `id` is the command's number within a session.
  package init?(_ body: ArraySlice<UInt8>, id: Int) {
    let prefix = Array("\(id): ".utf8)
    guard body.count <= Self.sizeLimit, body.starts(with: prefix),
      body.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return nil }
    let text = String(decoding: body.dropFirst(prefix.count), as: UTF8.self)
    switch text {
    case "PONG": self = .pong
    case "stream: OK": self = .clean
    case "INSTREAM size limit exceeded. ERROR": self = .tooLarge
    default:
      guard let reply = Self.worded(text) else { return nil }
      self = reply
    }
  }

  private static func worded(_ text: String) -> ClamReply? {
    if let version = ClamVersion(text) { return .version(version) }
    if let error = text.without(suffix: " ERROR") { return error.isEmpty ? nil : .error(error) }
    guard let name = text.without(suffix: " FOUND")?.without(prefix: "stream: "),
      !name.isEmpty, !name.utf8.contains(0x20)
    else { return nil }
    return .found(name)
  }
}

/// What clamd says it is: `ClamAV 1.4.6/27800/Mon Nov 24 09:26:31 2025`.
package struct ClamVersion: Hashable, Sendable {
  package let program: String
  /// Number and time of the daily database; nil while none is loaded.
  package let database: Int?
  /// Seconds since 1970, clamd's zone taken for UTC: half a day is no matter for an age in days.
  package let databaseSeconds: Int64?

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts[0].hasPrefix("ClamAV "), parts.count == 1 || parts.count == 3 else { return nil }
    program = String(parts[0])
    guard parts.count == 3 else {
      (database, databaseSeconds) = (nil, nil)
      return
    }
    guard let number = Int(parts[1]), number >= 0, let seconds = Self.seconds(parts[2]) else {
      return nil
    }
    (database, databaseSeconds) = (number, seconds)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Mon Nov 24 09:26:31 2025` (C's asctime).
  private static func seconds(_ text: Substring) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 5, let month = months.firstIndex(of: String(words[1])),
      let day = Int64(words[2]), (1...31).contains(day), let year = Int64(words[4]),
      (1970...9999).contains(year)
    else { return nil }
    let clock = words[3].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    return days(year, Int64(month) + 1, day) * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  /// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is last.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}

extension String {
  fileprivate func without(suffix: String) -> String? {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
  }

  fileprivate func without(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
