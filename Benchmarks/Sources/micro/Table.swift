/// Rows of figures under their units.
enum Table {
  struct Row {
    let name: String
    let cells: [(unit: String, value: Double)]
  }

  static func print(_ title: String, _ rows: [Row]) {
    let width = rows.map(\.name.count).max() ?? 0
    Swift.print("\n\(title)")
    var last: [String] = []
    for row in rows {
      let units = row.cells.map(\.unit)
      if units != last {
        Swift.print(pad("", width) + units.map { "  " + pad($0, 14, right: true) }.joined())
        last = units
      }
      let values = row.cells.map { "  " + pad(text($0.value), 14, right: true) }
      Swift.print(pad(row.name, width) + values.joined())
    }
  }

  /// Three figures that mean something.
  static func text(_ value: Double) -> String {
    let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
    let scale = [1.0, 10, 100][digits]
    let whole = Int((value * scale).rounded())
    guard digits > 0 else { return "\(whole)" }
    let fraction = "\(whole % Int(scale))"
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(whole / Int(scale)).\(zeros)\(fraction)"
  }

  private static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return right ? space + text : text + space
  }
}
