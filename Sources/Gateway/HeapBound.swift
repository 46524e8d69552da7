import CHeap

/// What the process does with free memory. Left alone glibc learns from what is freed: a gate that carried a few
/// long messages keeps their memory, and until then asks the system anew for each buffer of theirs.
package enum HeapBound {
  /// Octets that stay free at the end of an arena.
  private static let kept: Int32 = 1 << 20
  /// Octets of a piece that is the system's again once it is free.
  private static let apart: Int32 = 4 << 20

  /// To be said before threads begin.
  package static func set() { kadomori_heap_bounds(kept, apart) }
}
