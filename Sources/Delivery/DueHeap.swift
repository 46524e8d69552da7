import Mail
import SMTP

/// Messages by the moment they are due, in a binary heap, earliest first.
struct DueHeap: Sendable {
  /// One message and its moment.
  struct Entry: Comparable, Sendable {
    let at: Timestamp
    let id: TraceID

    static func < (left: Entry, right: Entry) -> Bool {
      left.at == right.at ? left.id < right.id : left.at < right.at
    }
  }

  private var entries: [Entry] = []

  /// The earliest entry that `waiting` confirms; those before it are dropped.
  mutating func first(confirmedBy waiting: [TraceID: Timestamp]) -> Entry? {
    while let first = entries.first {
      if waiting[first.id] == first.at { return first }
      removeFirst()
    }
    return nil
  }

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0, entries[child] < entries[(child - 1) / 2] {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The heap is not empty.
  mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
        if entries[child] < entries[least] { least = child }
      }
      guard least != parent else { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
