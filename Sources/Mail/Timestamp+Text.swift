// Dates as people and messages write them; UTC only, proleptic Gregorian calendar.
extension Timestamp {
  /// RFC 5322 §3.3: `Tue, 24 Nov 2026 04:30:00 +0000`.
  package var mailDate: String {
    let fields = civil
    let name = Self.weekdays[fields.weekday]
    let month = Self.months[fields.month - 1]
    let time = [fields.hour, fields.minute, fields.second].map(Self.twoDigits)
    return "\(name), \(fields.day) \(month) \(fields.year) \(time.joined(separator: ":")) +0000"
  }

  /// RFC 3339 with milliseconds: `2026-11-24T04:30:00.000Z`.
  package var iso8601: String {
    let fields = civil
    let date = "\(fields.year)-\(Self.twoDigits(fields.month))-\(Self.twoDigits(fields.day))"
    let time = [fields.hour, fields.minute, fields.second].map(Self.twoDigits)
    let fraction = String(Int(milliseconds - seconds * 1000) + 1000).dropFirst()
    return "\(date)T\(time.joined(separator: ":")).\(fraction)Z"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0\(value)" : String(value)
  }

  private struct Civil {
    var year: Int, month: Int, day: Int, weekday: Int, hour: Int, minute: Int, second: Int
  }

  /// Days to year, month and day in 400-year eras that begin on 1 March.
  private var civil: Civil {
    let (secondsPerDay, daysPerEra) = (86_400, 146_097)
    let total = Int(seconds)
    let days = (total >= 0 ? total : total - secondsPerDay + 1) / secondsPerDay
    let rest = total - days * secondsPerDay
    let shifted = days + 719_468  // days from 0000-03-01 to 1970-01-01
    let era = (shifted >= 0 ? shifted : shifted - daysPerEra + 1) / daysPerEra
    let dayOfEra = shifted - era * daysPerEra
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / (daysPerEra - 1)) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return Civil(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, weekday: ((days + 4) % 7 + 7) % 7,
      hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
  }
}
