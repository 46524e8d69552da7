import SMTP

/// What happens to a message whose content has come.
enum Ruling: Sendable {
  case accept
  /// Kept, and tried by nobody until a person releases it.
  case hold(reason: String)
  /// The sender may try again.
  case putOff(Reply, reason: String)
  case refuse(Reply, reason: String)

  private var rank: Int {
    switch self {
    case .accept: 0
    case .hold: 1
    case .putOff: 2
    case .refuse: 3
    }
  }

  /// Of two the one that lets less through; the first of two alike.
  func or(_ other: Ruling) -> Ruling { other.rank > rank ? other : self }

  /// Whether the message is kept.
  var takes: Bool { rank <= 1 }

  var holdReason: String? {
    if case .hold(let reason) = self { reason } else { nil }
  }
}
